import type { Test } from 'tap'
import type { Environment } from '../../app.ts'
import { startApp, startSimulator } from '../helper.ts'
import { createAll, holdStill, NO_UPSTREAM, type WireOffer } from '../routes/helper.ts'

/** The service as it ships, on a port of the loopback interface. */
export async function serve(
  t: Test,
  variables: Record<string, string> = {},
  environment: Partial<Environment> = {},
) {
  const app = await startApp(t, variables, environment)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, url }
}

/**
 * A service without background work: products have the polls that a test gives them. Its clock is slow by
 * `time.behind` ms, so that products can be older than the test.
 */
export async function serveStill(t: Test, variables: Record<string, string> = {}) {
  const time = { behind: 0 }
  const { app, url } = await serve(
    t,
    { ...NO_UPSTREAM, REFRESH_INTERVAL_SECONDS: '86400', ...variables },
    { clock: () => Date.now() - time.behind },
  )
  return { app, url, time, ...holdStill(app) }
}

/** A service that polls its one product each second. `offer` puts offers up for it, in place of others. */
export async function serveLive(t: Test, name: string, ...offers: WireOffer[]) {
  const id = '019aa9f0-5c00-7000-8000-000000000001'
  const simulator = await startSimulator(t)
  simulator.answers.set(id, offers)
  const variables = { OFFERS_BASE_URL: simulator.baseUrl, REFRESH_INTERVAL_SECONDS: '1' }
  const { app, url } = await serve(t, variables, { newId: () => id })
  await createAll(app, [{ name }])
  const offer = (...offers: WireOffer[]) => simulator.answers.set(id, offers)
  return { app, url, id, offer }
}
