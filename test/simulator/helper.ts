import { buildSimulator } from '../../simulator/app.ts'
import { DEFAULT_REFRESH_TOKEN, type SimulatorOptions } from '../../simulator/simulator.ts'

export const PRODUCT = '0b6f8a8e-3f0c-4a5d-9b57-0c7a3c0f1d2e'
export const OTHER_PRODUCT = 'c2a1d6de-7c53-4a8b-8f6a-2f3f7d1b9e10'
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)

interface Test {
  teardown(fn: () => unknown): unknown
}

/** A simulator with a clock that stands still until `time.now` is set; it closes with the test. */
export function startSimulator(t: Test, options: SimulatorOptions = {}) {
  const time = { now: NOW }
  const app = buildSimulator({ clock: () => time.now, ...options })
  t.teardown(() => app.close())

  async function authorize(refreshToken = DEFAULT_REFRESH_TOKEN): Promise<string> {
    const headers = options.generation === 2 ? { bearer: refreshToken } : {}
    const response = await app.inject({ method: 'POST', url: '/api/v1/auth', headers })
    return response.json<{ access_token: string }>().access_token
  }
  const register = (token: string, id = PRODUCT) =>
    app.inject({
      method: 'POST',
      url: '/api/v1/products/register',
      headers: { bearer: token },
      payload: { id, name: 'Mower', description: 'Mows' },
    })
  const offers = (token: string, id = PRODUCT) =>
    app.inject({ url: `/api/v1/products/${id}/offers`, headers: { bearer: token } })

  return { app, time, simulator: app.simulator, authorize, register, offers }
}
