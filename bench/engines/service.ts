import { setTimeout as delay } from 'node:timers/promises'
import { call, type Running, SERVICE } from '../../test/process.ts'
import { type Side, side } from '../figures.ts'
import { status, type Workspace } from '../workspace.ts'

const WARM_UP_MS = 5_000
const MEASURED_MS = 10_000

/** An interval in seconds that is so long that nothing is polled again. */
export const NEVER = '86400'

/** A service on a database of one of the engines, with products that a simulator knows. */
export interface Subject {
  databaseUrl: string
  offersUrl: string
}

/** Starts the service; it polls each product once per interval in seconds. */
export const startOn = (
  workspace: Workspace,
  { databaseUrl, offersUrl }: Subject,
  interval: string,
) =>
  workspace.start(SERVICE, {
    ...{ PORT: '0', LOG_LEVEL: 'info', DATABASE_URL: databaseUrl, OFFERS_BASE_URL: offersUrl },
    REFRESH_INTERVAL_SECONDS: interval,
  })

/** Creates products, and waits until each was registered and polled. Returns the ids of the last thousand. */
export async function fill(workspace: Workspace, subject: Subject, products: number) {
  const service = await startOn(workspace, subject, NEVER)
  let ids: string[] = []
  for (let made = 0; made < products; made += 1000) {
    const items = Array.from({ length: 1000 }, (_, n) => ({ name: `Product ${made + n}` }))
    const { json } = await call('POST', `${service.url}/api/v1/products/batch`, { items })
    ids = json.items.map(({ product }: { product: { id: string } }) => product.id)
  }
  while ((await status(service)).offers < 10 * products) await delay(200)
  await service.stop('SIGTERM')
  return ids
}

/** Measures the products per second that a service polls at full speed, counted by the simulator. */
export const refreshes = (workspace: Workspace, subject: Subject, simulator: Running): Side =>
  side(async () => {
    const service = await startOn(workspace, subject, '1') // More than it can do.
    const polls = async () => (await call('GET', `${simulator.url}/control`)).json.requests.offers
    await delay(WARM_UP_MS)
    const [began, before] = [performance.now(), await polls()]
    await delay(MEASURED_MS)
    const rate = (1000 * ((await polls()) - before)) / (performance.now() - began)
    await service.stop('SIGTERM')
    return rate
  })
