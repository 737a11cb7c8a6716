import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The folder of the benchmarks and their peers. */
export const HERE = fileURLToPath(new URL('.', import.meta.url))

/** A listening program that ends when it is disposed of. */
export interface Listening extends AsyncDisposable {
  url: string
}

const run = promisify(execFile)

/** Runs a program of this folder and resolves with its output. */
export async function output(file: string, args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [HERE + file, ...args], { maxBuffer: 2 ** 26 })
  return stdout
}

function whereItListens(child: ChildProcess, file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
    if (!child.stdout) return
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /listening at (http:\S+)/.exec(line)?.[1]
      if (url) resolve(url)
    })
  })
}

/** Starts a peer; disposing of it ends it. */
export async function startPeer(file: string, args: string[]): Promise<Listening> {
  const child = spawn(process.execPath, [HERE + file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const end = async () => void child.kill('SIGKILL')
  process.once('exit', end)
  return { url: await whereItListens(child, file), [Symbol.asyncDispose]: end }
}
