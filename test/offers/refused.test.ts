/** How much is asked of a service that answers every call with 401. */
import t, { type Test } from 'tap'
import type { Outcome, Store } from '../../db/store.ts'
import { CallBudget } from '../../offers/call-budget.ts'
import { Pacer } from '../../offers/pacer.ts'
import { Refresher } from '../../offers/refresh.ts'
import { DEFAULT_REFRESH_TOKEN } from '../../simulator/simulator.ts'
import { eventually, startSimulator } from '../helper.ts'
import { MINUTE, SECOND, stoppedClock } from './clock.ts'
import { openTestStore, startClient } from './helper.ts'

const PRODUCTS = 20

/** How much work a store has handed out that is not settled. */
function countWork(t: Test, store: Store): () => number {
  let work = 0
  const { takeRegistrations, takeRefreshes, settle } = store
  t.intercept(store, 'takeRegistrations', {
    async value(...args: Parameters<typeof takeRegistrations>) {
      const tasks = await takeRegistrations.apply(store, args)
      work += tasks.length
      return tasks
    },
  })
  t.intercept(store, 'takeRefreshes', {
    async value(...args: Parameters<typeof takeRefreshes>) {
      const tasks = await takeRefreshes.apply(store, args)
      work += tasks.length
      return tasks
    },
  })
  t.intercept(store, 'settle', {
    async value(outcomes: Outcome[]) {
      const settlement = await settle.call(store, outcomes)
      // What was registered is polled next, as the same piece of work.
      work -= outcomes.filter(({ type }) => type !== 'registered').length
      return settlement
    },
  })
  return () => work
}

/** A refresher of registered products, and what lets the time go on for it and for the service. */
async function start(t: Test, generation: 1 | 2) {
  const time = stoppedClock()
  const { clock } = time
  const service = await startSimulator(t, { generation, clock })
  const store = await openTestStore(t, clock)
  const refreshToken = generation === 2 ? DEFAULT_REFRESH_TOKEN : undefined
  const { breaker, client } = startClient(t, service.baseUrl, {
    ...{ clock, store, refreshToken },
  })
  const work = countWork(t, store)
  const refresher = new Refresher({
    ...{ store, client, breaker, clock, intervalMs: MINUTE, concurrency: 8 },
    pacer: new Pacer(MINUTE, clock()),
    budget: new CallBudget(Number.POSITIVE_INFINITY, clock()),
    random: Math.random,
    waitMs: () => 0,
    observer: {
      called() {},
      faulty() {},
      refused() {},
      storeFailed: (error) => t.fail(String(error)),
    },
  })
  t.teardown(async () => {
    await refresher.close()
    await client.close()
  })
  const { requests } = service.served
  const asked = () => requests.auth + requests.register + requests.offers
  return {
    ...{ service, store },
    /** Lets a minute go by, and gives how many calls the service got in it. */
    async minute(): Promise<number> {
      const before = asked()
      for (let second = 0; second < 60; second++) {
        time.now += SECOND
        await refresher.wake()
        await eventually(() => work() === 0)
      }
      return asked() - before
    },
  }
}

for (const generation of [1, 2] as const) {
  // Each call was tried twice, and each product more often than it is polled: up to 12 times as many.
  t.test(`generation ${generation}: 401 for everything causes no more calls`, async (t) => {
    const { service, store, minute } = await start(t, generation)
    const items = Array.from({ length: PRODUCTS }, (_, n) => ({ name: `Mower ${n}` }))
    await store.createProducts(items)
    await minute()
    const healthy = await minute()
    t.equal(healthy, PRODUCTS)

    service.faults.settings.unauthorized = true
    let refused = 0
    for (let n = 0; n < 4; n++) refused += await minute()
    t.ok(refused <= 4 * healthy * 1.1, `${refused / 4} calls a minute, ${healthy} before`)

    service.faults.settings.unauthorized = false
    for (let n = 0; n < 2; n++) await minute()
    t.match(await store.totals(), { registered: PRODUCTS, pending: 0 })
    t.equal(await minute(), healthy)
  })
}
