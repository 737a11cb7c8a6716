import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Running, SERVICE } from '../../test/process.ts'
import { status, type Workspace } from '../workspace.ts'

/** Starts a simulator, and a service that polls it. */
export async function serve(
  { folder, start }: Workspace,
  name: string,
  variables: Record<string, string> = {},
) {
  const simulator = await start('simulator/server.ts', {
    SIMULATOR_PORT: '0',
    ...variables,
  })
  const database = `file:${join(folder, `${name}.db`)}`
  const service = await start(SERVICE, {
    PORT: '0',
    DATABASE_URL: database,
    OFFERS_BASE_URL: `${simulator.url}/api/v1`,
    ...variables,
  })
  return { simulator, service, database }
}

/** Resolves when every product has been registered and polled, and only the regular polls are left. */
export async function settled(service: Running): Promise<void> {
  for (;;) {
    const { registrations_pending: pending, refresh } = await status(service)
    if (pending === 0 && refresh.within_target > 0.99) return
    await delay(500)
  }
}

export type PageService = Awaited<ReturnType<typeof serve>>
