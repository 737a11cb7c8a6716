import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Status } from '../schemas/status.ts'
import { call, type Running, start } from '../test/process.ts'

/** A temporary folder and the programs started in it. */
export interface Workspace {
  folder: string
  /** Starts a program of this project; resolves when it listens. */
  start(file: string, variables: Record<string, string>): Promise<Running>
}

/** Runs `body` in a new workspace. Then ends its programs, the last one first, and deletes its folder. */
export async function inWorkspace(body: (workspace: Workspace) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'aggregator-bench-'))
  const ends: (() => unknown)[] = [() => rm(folder, { recursive: true })]
  const scope = { teardown: (end: () => unknown) => ends.unshift(end) }
  try {
    await body({ folder, start: (file, variables) => start(scope, file, variables) })
  } finally {
    for (const end of ends) await end()
  }
}

/** The status of a running service. */
export async function status({ url }: Running): Promise<Status> {
  return (await call('GET', `${url}/api/v1/status`)).json
}

/** The processor time of a process so far in seconds, and its resident memory in MB (Linux). */
export async function usage({ child }: Running) {
  const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  const ticks = Number(fields[11]) + Number(fields[12]) // utime and stime, in 1/100 s: proc(5).
  return { cpuS: ticks / 100, rssMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024 }
}
