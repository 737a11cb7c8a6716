import type { Test } from 'tap'
import type { Outcome, Store } from '../../db/store.ts'
import { CallBudget } from '../../offers/call-budget.ts'
import type { OffersError } from '../../offers/errors.ts'
import { Pacer } from '../../offers/pacer.ts'
import { Refresher } from '../../offers/refresh.ts'
import type { TokenStore } from '../../offers/token.ts'
import { createAll } from '../db/create-all.ts'
import { eventually, startSimulator } from '../helper.ts'
import { MINUTE, NOW, SECOND, stoppedClock } from './clock.ts'
import { credentialsInMemory, openTestStore, startClient } from './helper.ts'

/** The waits after a first and a second failure, where chance says one third. */
export const FIRST_WAIT = 1333
export const SECOND_WAIT = 2667

/** When the pace of polling allows a second try for one lone product. */
export const SOON = 5 * SECOND
export const OFFER = { id: 'a', price: 1000, items_in_stock: 5 }

/**
 * Starts refreshers, one after the other, for the tests of one file. A clock that stands still times all they do; each
 * test has a day of its own. They share one store, because it is slow to open; each test leaves it empty.
 */
export async function refresherTests(t: Test) {
  const time = { ...stoppedClock(), begin: NOW }
  const clock = () => time.now
  const sharedStore = await openTestStore(t, clock)
  const iso = (ms: number) => new Date(time.begin + ms).toISOString()

  /**
   * A refresher of a simulator. Polls ahead of their time have no budget at the start. What is counted
   * in ms is the time since the start.
   */
  async function start(
    t: Test,
    options: {
      store?: Store
      concurrency?: number
      callsPerSecond?: number
      waitMs?: () => number
      paceMs?: number
      baseUrl?: string
      credentials?: TokenStore
    } = {},
  ) {
    time.begin += 24 * 60 * MINUTE
    time.now = time.begin
    const service = await startSimulator(t, { clock, log: true })
    const { store = sharedStore, credentials = credentialsInMemory() } = options
    const { client, breaker, changes } = startClient(t, options.baseUrl ?? service.baseUrl, {
      clock,
      store: credentials,
    })
    /** The outcomes that were written. */
    const settled: string[] = []
    const settle = store.settle.bind(store)
    t.intercept(store, 'settle', {
      async value(outcomes: Outcome[]) {
        const settlement = await settle(outcomes)
        settled.push(...outcomes.map(({ type }) => type))
        return settlement
      },
    })
    const ids: string[] = []
    const pacer = new Pacer(options.paceMs ?? MINUTE, time.begin)
    pacer.spend(1)
    const called: string[] = []
    const faulty: [string, OffersError][] = []
    const storeFailures: unknown[] = []
    const refused: number[] = []
    const refresher = new Refresher({
      ...{ store, client, breaker, pacer, clock, intervalMs: MINUTE, random: () => 1 / 3 },
      budget: new CallBudget(options.callsPerSecond ?? Number.POSITIVE_INFINITY, time.begin),
      concurrency: options.concurrency ?? 4,
      waitMs: options.waitMs ?? (() => 0),
      observer: {
        called: (call, result, ms) => called.push(`${call} ${result} ${Number.isFinite(ms)}`),
        faulty: (id, error) => faulty.push([id, error]),
        storeFailed: (error) => storeFailures.push(error),
        refused: (outcomes) => refused.push(outcomes),
      },
    })
    async function end(): Promise<void> {
      const closed = refresher.close()
      await client.close()
      await closed
      if (store === sharedStore) await Promise.allSettled(ids.map((id) => store.deleteProduct(id)))
    }
    t.teardown(end)

    return {
      ...{ service, store, breaker, changes, refresher, called, faulty, storeFailures, refused },
      settled: (count: number) => eventually(() => settled.length >= count),
      faults: service.faults.settings,
      requests: service.served.requests,
      async create(count = 1): Promise<string[]> {
        const items = Array.from({ length: count }, (_, n) => ({ name: `Mower ${n}` }))
        const created = (await createAll(store, items)).map(({ id }) => id)
        ids.push(...created)
        return created
      },
      /** Goes to a time after the start and looks for work. */
      async at(ms: number): Promise<void> {
        time.now = time.begin + ms
        await refresher.wake()
      },
      /** Resolves when the outcome of a poll at this time after the start is written. */
      checked: (id: string, ms: number) =>
        eventually(async () => (await store.product(id)).checked_at === iso(ms)),
      registration: (id: string, status: string) =>
        eventually(async () => (await store.product(id)).registration.status === status),
      /** The answers of the service, once there are this many and no call is in flight. */
      async timeline(length: number): Promise<string[]> {
        const log = () => service.served.log().filter(({ call }) => call !== 'auth')
        await eventually(() => log().length >= length)
        await refresher.close()
        return log().map(({ call, status, at }) => `${call} ${status} +${at - time.begin}`)
      },
    }
  }

  return { start, time, clock, sharedStore, iso }
}
