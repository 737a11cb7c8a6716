/** Alerts while the processes that decide on them are killed: what they told is what a preview says afterwards. */
import type { Test } from 'tap'
import type { AlertFiring } from '../schemas/alert.ts'
import { eventually, startSimulator } from './helper.ts'
import { call, type Running, SERVICE, start } from './process.ts'

const API = '/api/v1'
const PRODUCTS = 8
const INTERVAL_MS = 1_000

/** Every polled price changes several of these. */
const RULES = [
  { condition: { type: 'drop', percent: 1, window: '1m' } },
  { condition: { type: 'rise', percent: 2, window: '1m' }, rearm_percent: 1, cooldown_s: 2 },
  { condition: { type: 'new_low', window: 'all' } },
  { condition: { type: 'back_in_stock' } },
  { condition: { type: 'out_of_stock' }, cooldown_s: 3 },
]

/** How long an instance runs before it is killed, in polls of all products. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 3)
const POLLS_PER_ROUND = 4

interface Alert {
  id: string
  created_at: string
}

async function get<Answer>(service: Running, path: string): Promise<Answer> {
  return (await call('GET', `${service.url}${API}${path}`)).json
}

/** All firings of an alert up to a time, the earliest first. */
async function firingsOf(service: Running, { id }: Alert, to: string): Promise<AlertFiring[]> {
  const all: AlertFiring[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const after: string = cursor && `&cursor=${encodeURIComponent(cursor)}`
    const page: { items: AlertFiring[]; next_cursor: string | null } = await get(
      service,
      `/alerts/${id}/firings?limit=200${after}`,
    )
    all.push(...page.items)
    cursor = page.next_cursor
  }
  return all.filter(({ at }) => at <= to).reverse()
}

/**
 * Polls a few products by as many instances as `variables` has entries, kills one after the other with `kill -9`, and
 * compares the firings of each alert with those of its preview, and with the change feed.
 */
export async function checkAlertsOfTheKilled(
  t: Test,
  DATABASE_URL: string,
  instances: number,
): Promise<void> {
  const simulator = await startSimulator(t, { tickMs: INTERVAL_MS / 2 })
  const run = () =>
    start(t, SERVICE, {
      ...{ PORT: '0', DATABASE_URL, OFFERS_BASE_URL: simulator.baseUrl },
      REFRESH_INTERVAL_SECONDS: String(INTERVAL_MS / 1000),
    })
  const services = [await run()]
  while (services.length < instances) services.push(await run())
  const [first] = services as [Running]
  const ids: string[] = []
  for (let n = 0; n < PRODUCTS; n++) {
    ids.push((await call('POST', `${first.url}${API}/products`, { name: `p${n}` })).json.id)
  }
  const alerts: Alert[] = []
  for (const [n, rule] of RULES.entries()) {
    alerts.push((await call('POST', `${first.url}${API}/alerts`, { name: `a${n}`, ...rule })).json)
  }

  for (let round = 0; round < ROUNDS; round++) {
    const polled = simulator.served.requests.offers + PRODUCTS * POLLS_PER_ROUND
    await eventually(() => simulator.served.requests.offers >= polled)
    const killed = round % instances
    await services[killed]?.stop('SIGKILL')
    services[killed] = await run()
  }
  const polled = simulator.served.requests.offers + PRODUCTS * POLLS_PER_ROUND
  await eventually(() => simulator.served.requests.offers >= polled)

  const [service] = services as [Running]
  const to = await lastChecked(service, ids)
  let told = 0
  for (const [n, alert] of alerts.entries()) {
    const live = await firingsOf(service, alert, to)
    told += live.length
    const previews = await Promise.all(
      ids.map(async (product_id) => {
        const body = { ...RULES[n], product_id, from: alert.created_at, to }
        return (await call('POST', `${service.url}${API}/alerts/preview`, body)).json.items
      }),
    )
    const expected: AlertFiring[] = previews.flat()
    const order = (a: AlertFiring, b: AlertFiring) =>
      a.product_id.localeCompare(b.product_id) || a.at.localeCompare(b.at)
    t.strictSame(live.sort(order), expected.sort(order), JSON.stringify(RULES[n]))
    const { items } = await get<{ items: { alert_id: string; at: string }[] }>(
      service,
      '/changes?after=0&type=alert.fired&limit=1000',
    )
    const inFeed = items.filter(({ alert_id, at }) => alert_id === alert.id && at <= to)
    t.equal(inFeed.length, live.length, 'each is in the feed once')
  }
  t.ok(told > 0, `${told} firings`)
}

/** A time up to which every product was polled. */
async function lastChecked(service: Running, ids: string[]): Promise<string> {
  const times = ids.map(async (id) => {
    const { checked_at } = await get<{ checked_at: string }>(service, `/products/${id}`)
    return checked_at
  })
  return (await Promise.all(times)).sort()[0] ?? ''
}
