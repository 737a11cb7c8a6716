import { existsSync, statfsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { buildApp, type Environment, realEnvironment } from '../app.ts'
import { readConfig } from '../config/config.ts'
import { locationOf } from '../db/location.ts'
import { buildSimulator, PROTOCOL_PREFIX } from '../simulator/app.ts'
import type { SimulatorOptions } from '../simulator/simulator.ts'
import { postgresDatabase } from './engine.ts'

/** How work fails while the Offers service is down. */
export const DOWN = { fault: 'unavailable', message: 'The Offers service answered 500' } as const

/** Where Linux keeps files in memory: a commit does not wait for a disk there. */
const MEMORY = '/dev/shm'

/** What all tests together need there, in bytes, several times over. */
const ROOM = 2 ** 30

function scratchFolder(): string {
  if (!existsSync(MEMORY)) return tmpdir()
  const { bavail, bsize } = statfsSync(MEMORY)
  return bavail * bsize >= ROOM ? MEMORY : tmpdir()
}

/** A folder of its own for one test, gone after it. */
export async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(scratchFolder(), 'aggregator-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Resolves when `condition` gives something that is true, with that; fails after a minute. */
export async function eventually<T>(condition: () => T | Promise<T>): Promise<T> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const result = await condition()
    if (result) return result
    if (Date.now() > deadline) throw new Error(`never came true: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Gives the result of the first call of `make` each time, so that what is slow to make is made once, when needed. */
export function once<T>(make: () => T): () => T {
  let made: { result: T } | undefined
  return () => {
    made ??= { result: make() }
    return made.result
  }
}

/** An Offers service of its own for one test, on a port of the loopback interface. */
export async function startSimulator(t: Test, options: SimulatorOptions = {}) {
  const app = buildSimulator(options)
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const { port } = app.server.address() as AddressInfo
  return { ...app.simulator, app, baseUrl: `http://127.0.0.1:${port}${PROTOCOL_PREFIX}` }
}

/** The URL of a new, empty database of the engine under test, gone after the test. */
export async function databaseUrl(t: Test): Promise<string> {
  return postgresDatabase?.(t) ?? `file:${join(await temporaryFolder(t), 'test.db')}`
}

/** Where the built-in simulator keeps its state if the database is no file to keep it beside. */
async function simulatorState(t: Test, databaseUrl: string): Promise<string | undefined> {
  if (locationOf(databaseUrl).engine === 'sqlite') return undefined
  return join(await temporaryFolder(t), 'simulator')
}

/**
 * The service as it ships, on a database of its own, closed after the test. Variables as in the
 * environment; without `OFFERS_BASE_URL` it runs on the built-in simulator. An injected clock is also the clock of
 * the database, unless that is another one's.
 */
export async function startApp(
  t: Test,
  variables: Record<string, string> = {},
  environment: Partial<Environment> = {},
) {
  const { DATABASE_URL = await databaseUrl(t) } = variables
  const { SIMULATOR_STATE = await simulatorState(t, DATABASE_URL) } = variables
  const config = readConfig({ LOG_LEVEL: 'silent', ...variables, DATABASE_URL, SIMULATOR_STATE })
  const databaseClock = variables.DATABASE_URL ? undefined : environment.clock
  const app = buildApp(config, { ...realEnvironment, databaseClock, ...environment })
  t.teardown(() => app.close())
  await app.ready()
  return app
}
