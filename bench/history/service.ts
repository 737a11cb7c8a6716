import type { AddressInfo } from 'node:net'
import { buildApp, realEnvironment } from '../../app.ts'
import { readConfig } from '../../config/config.ts'
import { toTime } from '../../schemas/to-time.ts'
import { NOW } from './market.ts'

/**
 * Starts the service on this database, at `NOW`, without an Offers service. `handler.took` is how long the last handler
 * took.
 */
async function openApp(path: string) {
  const config = readConfig({
    LOG_LEVEL: 'silent',
    DATABASE_URL: `file:${path}`,
    OFFERS_BASE_URL: 'http://127.0.0.1:9/api/v1',
  })
  const app = buildApp(config, { ...realEnvironment, clock: () => NOW })
  const handler = { began: 0, took: 0 }
  app.addHook('preHandler', async () => {
    handler.began = performance.now()
  })
  app.addHook('preSerialization', async () => {
    handler.took = performance.now() - handler.began
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { app, handler, url: `http://127.0.0.1:${port}/api/v1` }
}

export type Service = Awaited<ReturnType<typeof openApp>>

/** Runs `run` on the service with this database. */
export async function onService(
  path: string,
  run: (service: Service) => Promise<void>,
): Promise<void> {
  const service = await openApp(path)
  await run(service).finally(() => service.app.close())
}

/** The query parameter of a window that begins `ms` before now. */
export const ago = (ms: number) => `from=${toTime(NOW - ms)}`
