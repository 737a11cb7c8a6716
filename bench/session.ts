import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Status } from '../schemas/status.ts'
import { call, type Running, start } from '../test/process.ts'

/** A folder of its own and the programs started in it; all are gone after the session. */
export interface Session {
  folder: string
  /** Starts a program of this project; resolves when it listens. */
  start(file: string, variables: Record<string, string>): Promise<Running>
}

/** Runs `body` in a session and ends what it has started, the last first. */
export async function session(body: (session: Session) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'aggregator-bench-'))
  const ends: (() => unknown)[] = [() => rm(folder, { recursive: true })]
  const scope = { teardown: (end: () => unknown) => ends.unshift(end) }
  try {
    await body({ folder, start: (file, variables) => start(scope, file, variables) })
  } finally {
    for (const end of ends) await end()
  }
}

/** The state of a running service. */
export async function status({ url }: Running): Promise<Status> {
  return (await call('GET', `${url}/api/v1/status`)).json
}
