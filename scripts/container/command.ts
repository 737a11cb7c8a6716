import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The exit code of a program, and what it wrote. */
export interface Result {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a program to its end, whatever its exit code. Rejects if it cannot be started. */
export function tryCommand(program: string, args: string[]): Promise<Result> {
  return new Promise((resolve, reject) => {
    const options = { encoding: 'utf8', maxBuffer: 2 ** 26 } as const
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error && child.pid === undefined) reject(error)
      else resolve({ code: child.exitCode, stdout, stderr })
    })
  })
}

/** Runs a program and gives what it wrote, without surrounding white space. Rejects if it fails. */
export async function command(program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await tryCommand(program, args)
  if (code === 0) return stdout.trim()
  const lastLines = `${stdout}\n${stderr}`.trim().split('\n').slice(-20).join('\n')
  throw new Error(`${program} ${args.join(' ')} failed:\n${lastLines}`)
}

/** Whether a program can be found in the folders of a `PATH`. */
export function isOnPath(program: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
