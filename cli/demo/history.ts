import { randomUUIDv7 } from 'node:crypto'
import { openStore } from '../../db/open.ts'
import { present } from '../../db/present.ts'
import type { Outcome, Store, StoreOptions } from '../../db/store.ts'
import { type Retention, retentionAt } from '../../history/retention.ts'
import { DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import { offersOf } from '../../offers/answer.ts'
import { SIMULATOR_ACCOUNT } from '../../plugins/upstream.ts'
import { EXAMPLE_OFFER_ID, EXAMPLE_PRODUCT } from '../../schemas/example.ts'
import { type Answers, createAnswers } from '../../simulator/answers.ts'
import { openState } from '../../simulator/state.ts'
import { DEMO_ALERTS } from './alerts.ts'
import { DEMO_PRODUCTS } from './products.ts'
import { createDemoWebhook } from './webhook.ts'

/** How often the products were polled, by how long ago. */
const PHASES = [
  { age: Number.POSITIVE_INFINITY, every: 6 * HOUR_MS },
  { age: 30 * DAY_MS, every: 3 * HOUR_MS },
  { age: 7 * DAY_MS, every: HOUR_MS },
  { age: DAY_MS, every: 10 * MINUTE_MS },
]

interface Demonstration {
  /** The file to make. */
  database: string
  /** The journal of the built-in simulator, which goes with it. */
  simulatorState: string
  /** How far back the history goes. */
  days: number
  /** How often the offers of the simulator change. */
  tickMs: number
  retention: Retention
  /** The time up to which the history reaches, in epoch milliseconds. */
  now: number
  signal: AbortSignal
  onProgress?: (done: number, total: number) => void
}

/** The times of the polls of the last days up to `now`, in order. */
function pollTimes(now: number, days: number): number[] {
  return PHASES.flatMap(({ age, every }, index) => {
    const from = Math.min(age, days * DAY_MS)
    const until = PHASES[index + 1]?.age ?? 0
    const count = Math.max(0, (from - until) / every)
    return Array.from({ length: count }, (_, n) => now - from + n * every)
  })
}

/** Creates the alerts and the products, and registers these with the simulator; their first polls are due at `at`. */
async function createCatalogue(store: Store, statePath: string, at: number): Promise<void> {
  const token = randomUUIDv7()
  const state = openState(1, statePath)
  try {
    state.issue(token, token, null)
    const account = present(state.accountOf(token, at), 'the account')
    await store.saveCredentials(
      { account: SIMULATOR_ACCOUNT, accessToken: token, expiresAt: null },
      null,
    )
    await store.createProduct(EXAMPLE_PRODUCT, { id: EXAMPLE_PRODUCT.id })
    await store.createProducts(DEMO_PRODUCTS)
    const tasks = await store.takeRegistrations(at, DEMO_PRODUCTS.length + 1)
    for (const { id, name, description } of tasks)
      state.register(account, id, { name, description })
    await store.settle(tasks.map(({ token }) => ({ type: 'registered', token, at })))
    await store.settle(tasks.map(({ token }) => ({ type: 'postponed', token, dueAt: at })))
    for (const alert of DEMO_ALERTS) await store.createAlert(alert)
  } finally {
    state.close()
  }
}

const ANSWERED = {
  status: 200,
  contentType: 'application/json',
  unreadable: undefined,
  token: undefined,
}

/** Polls every product once, as the service would at this time. */
async function pollAll(store: Store, answers: Answers, at: number): Promise<void> {
  const most = DEMO_PRODUCTS.length + 1
  const tasks = await store.takeRefreshes(at, { most, due: most, early: most })
  const outcomes = tasks.map(({ token, id }): Outcome => {
    const body = Buffer.from(answers.of(id))
    const offers = offersOf({ ...ANSWERED, body })
    return { type: 'refreshed', token, at, dueAt: at + 1, offers }
  })
  await store.settle(outcomes)
}

/**
 * Makes a database as if the service had run with the built-in simulator for some days, and the state of that simulator.
 * Both are whole only if it resolves.
 */
export async function makeDemonstration(options: Demonstration): Promise<void> {
  const { database, simulatorState, days, tickMs, signal, onProgress } = options
  const now = floorTo(options.now, MINUTE_MS)
  const times = pollTimes(now, days)
  let time = now - days * DAY_MS
  const clock = () => time
  // No poll is so late that it leaves a gap.
  const storeOptions: StoreOptions = { clock, newId: randomUUIDv7, staleAfterMs: DAY_MS }
  const store = await openStore(`file:${database}`, storeOptions)
  try {
    await createCatalogue(store, simulatorState, time)
    const lasting = { productId: EXAMPLE_PRODUCT.id, id: EXAMPLE_OFFER_ID }
    const answers = createAnswers({ generation: 1, seed: 1, tickMs, clock, lasting })
    for (const [done, at] of times.entries()) {
      signal.throwIfAborted()
      onProgress?.(done, times.length)
      time = at
      await pollAll(store, answers, at)
    }
    await createDemoWebhook(store)
    while (await store.compact(retentionAt(now, options.retention)));
  } finally {
    await store.close()
  }
}
