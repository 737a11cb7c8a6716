import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { getCompileCacheDir } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }

/** The program that is the service, as it is started by `npm start`. */
export const SERVICE = 'start.js'

/** What a program is ended with: a test, or a benchmark. */
export interface Scope {
  teardown(end: () => unknown): void
}

/** The flags of Node that the service is started with. */
export const FLAGS = packageJson.scripts.start.split(' ').filter((word) => word.startsWith('--'))

const root = fileURLToPath(new URL('..', import.meta.url))

/** A program of this project in a process of its own. */
export interface Running {
  child: ChildProcess
  /** Where it listens, as it said. */
  url: string
  /** Everything that it has written so far, both streams. */
  output(): string
  /** Sends a signal and resolves with exit code and signal when it has ended. */
  stop(signal: NodeJS.Signals): Promise<[number | null, NodeJS.Signals | null]>
}

/** Whether tap measures coverage, which is imprecise for code that comes from the compile cache. */
export const measuresCoverage = () => process.env._TAPJS_PROCESSINFO_COVERAGE_ === '1'

/** The variables by which a program uses the compile cache of this process, or none if coverage is measured. */
export function compileCache(): Record<string, string> {
  if (measuresCoverage()) return { NODE_DISABLE_COMPILE_CACHE: '1' }
  const directory = getCompileCacheDir()
  return directory ? { NODE_COMPILE_CACHE: dirname(directory) } : {}
}

function spawnProgram(
  scope: Scope,
  file: string,
  variables: Record<string, string>,
  cwd = tmpdir(), // Not the project's folder, where a developer may have a file `.env`.
) {
  const { PATH = '' } = process.env
  const flags = basename(file) === SERVICE ? FLAGS : []
  const child = spawn(process.execPath, [...flags, resolve(root, file)], {
    cwd,
    env: { PATH, ...compileCache(), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  scope.teardown(() => child.kill('SIGKILL'))
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  return { child, lines }
}

/**
 * Starts a program, of this project or at an absolute path, and resolves when it says where it listens; rejects if it
 * ends before.
 */
export async function start(
  scope: Scope,
  file: string,
  variables: Record<string, string>,
): Promise<Running> {
  const { child, lines } = spawnProgram(scope, file, variables)
  const output = () => lines.join('\n')
  const exited = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [found] = /http:\/\/[\w.:[\]]+/.exec(/listening at .*/i.exec(line)?.[0] ?? '') ?? []
      if (found) resolve(found)
    })
    exited.then(() => reject(new Error(`${file} ended:\n${output()}`)), reject)
  })
  return {
    child,
    url,
    output,
    async stop(signal) {
      child.kill(signal)
      return exited
    },
  }
}

/** Runs a program until it ends by itself; gives its exit code and what it wrote. */
export async function run(
  scope: Scope,
  file: string,
  variables: Record<string, string>,
  cwd?: string,
): Promise<{ code: number | null; output: string }> {
  const { child, lines } = spawnProgram(scope, file, variables, cwd)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output: lines.join('\n') }
}

/** Sends JSON and gives the status and the JSON of the answer. */
export async function call(method: string, url: string, body?: object) {
  const response = await fetch(url, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: text && JSON.parse(text) }
}
