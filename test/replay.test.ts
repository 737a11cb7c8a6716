/**
 * A run of the service with faults, leaps of the clock and `kill -9`, after which everything that it
 * tells of the past is compared with what an independent model makes of the log of what it was served.
 *
 * The full size: REPLAY_TICKS=60 REPLAY_PRODUCTS=200 tap --timeout=600 test/replay.test.ts
 */
import t, { type Test } from 'tap'
import { fraction, mixText } from '../offers/simulator/hash.ts'
import type { Change, ChangeList } from '../schemas/change.ts'
import type { PriceRecord } from '../schemas/export.ts'
import type { Status } from '../schemas/status.ts'
import { eventually } from './helper.ts'
import { ProductModel, pollOf } from './replay/model.ts'
import { GAP_MS, Run } from './replay/run.ts'

const TICKS = Number(process.env.REPLAY_TICKS ?? 12)
const PRODUCTS = Number(process.env.REPLAY_PRODUCTS ?? 40)
const MOMENTS = TICKS * 20

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** The first leap of the clock leads over midnight and the hour after, when the day is compacted. */
const START = Date.UTC(2026, 0, 1, 23, 30)

const chance = mixText(1, 'replay')
let drawn = 0
const random = () => fraction(chance, drawn++)
const below = (limit: number) => Math.floor(random() * limit)
const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T

interface Shown {
  id: number | string
  price: number
  items_in_stock: number
  shown: boolean
}

const FATES: ((offer: Shown) => void)[] = [
  () => {},
  (offer) => Object.assign(offer, { price: Math.floor(offer.price * 0.9) }),
  (offer) => Object.assign(offer, { price: offer.price + 50 }),
  (offer) => Object.assign(offer, { price: 0 }),
  (offer) => Object.assign(offer, { items_in_stock: 0 }),
  (offer) => Object.assign(offer, { items_in_stock: 1 + below(9) }),
  (offer) => Object.assign(offer, { shown: !offer.shown }),
  (offer) => Object.assign(offer, { shown: !offer.shown }),
]

/** Answers set by hand: offers vanish and return at any price, cost nothing, or are sold out. */
function byHand() {
  const offers = [7, 'b/ä %', 'c'].map((id) => ({
    id,
    price: 1000,
    items_in_stock: 5,
    shown: true,
  }))
  return () => {
    for (const offer of offers) pick(FATES)(offer)
    const all = offers.filter(({ shown }) => shown).map(({ shown, ...offer }) => offer)
    return below(10) === 0 ? [] : all
  }
}

/** One step of the clock: a quarter of the interval, but not quite, so that times are odd. */
const step = () => 200 + below(100)

/** Kills the service in the middle of its polls. */
async function kill(run: Run, offMs: number): Promise<void> {
  // While it takes the Offers service to be down there is nothing to interrupt.
  while (/^offers_breaker_open 1$/m.test(await run.text('/metrics'))) await run.advance(step())
  const answered = run.simulator.answered() + 1 + below(PRODUCTS / 8)
  await run.move(step())
  await eventually(() => run.simulator.answered() >= answered)
  await run.killAndRestart(offMs)
}

/** Of so many products one has its answers set by hand. */
const BY_HAND = 4

/** Lets it all happen; gives the ids of the products. */
async function replay(run: Run): Promise<string[]> {
  const { answers, faults } = run.simulator
  const calls = ['register', 'offers'] as const
  Object.assign(faults.settings, { calls, error_rate: 0.05, error_status: 500 })
  faults.settings.malformed_rate = 0.02
  const items = Array.from({ length: PRODUCTS }, (_, index) => ({ name: `Product ${index}` }))
  await run.json('/products/batch', { items })
  await eventually(() => run.simulator.answered() > PRODUCTS / 4)
  await run.killAndRestart(0)
  do await run.advance(step())
  while ((await run.json<Status>('/status')).registrations_pending > 0)

  const ids = (await run.products()).map(({ id }) => id)
  const shelves = ids.flatMap((id, index) =>
    index % BY_HAND === 0 ? [{ id, next: byHand() }] : [],
  )
  for (let tick = 0; tick < TICKS; tick++) {
    await run.advance(step() + (tick % 12 === 4 ? 95 * MINUTE : 0), () => {
      for (const { id, next } of shelves) answers.set(id, next())
      faults.settings.error_rate = tick % 12 === 6 ? 1 : 0.05
    })
    for (let steps = 1; steps < 4; steps++) await run.advance(step())
    if (tick % 12 === 9) await kill(run, tick % 24 === 9 ? 0 : 20 * MINUTE)
  }
  await run.settled()
  return ids
}

const ROUNDED = /\.(percent|change_percent|mean)$/

/** Where an answer is not as expected. Percent and mean are expected exactly and answered rounded. */
function* differences(actual: unknown, expected: unknown, where = ''): Generator<string> {
  if (isObject(actual) && isObject(expected)) {
    for (const key of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
      yield* differences(actual[key], expected[key], `${where}.${key}`)
    }
  } else if (!Object.is(actual, expected) && !isRounded(actual, expected, where)) {
    yield `${where} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** To two decimals; where the third is a five, to either side. */
function isRounded(actual: unknown, expected: unknown, where: string): boolean {
  if (!ROUNDED.test(where) || typeof actual !== 'number' || typeof expected !== 'number')
    return false
  return Math.abs(actual - expected) < 0.005 + 1e-9 && Number(actual.toFixed(2)) === actual
}

/** Something that is asked of the service, and what the model says to it. */
interface Question {
  path: string
  answer: object
}

/** Asserts that each answer is what the model says; shows the first one that is not. */
async function compare(t: Test, questions: Question[]): Promise<void> {
  let wrong = 0
  const left = questions.values()
  async function ask() {
    for (const { path, answer } of left) {
      const faults = [...differences(await run.json(path), answer)]
      if (faults.length > 0 && wrong++ === 0) t.same(faults.slice(0, 10), [], path)
    }
  }
  await Promise.all(Array.from({ length: 8 }, ask))
  t.equal(wrong, 0, `${questions.length} answers are what the model says`)
}

/** The same lines with those of one product and moment in the order of their offers, which is free. */
function arranged<Line extends { product_id: string; at: string; offer_id?: string | null }>(
  lines: Line[],
): Line[][] {
  const key = ({ at, offer_id }: Line) => `${at} ${offer_id ?? ''}`
  const products = Map.groupBy(lines, ({ product_id }) => product_id)
  return [...products.values()].map((own) =>
    own.toSorted((a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b)))),
  )
}

const run = await Run.start(t, START)
const ids = await replay(run)
const { log } = run
const logs = Map.groupBy(log, ({ product }) => product ?? '')
const models = ids.map((id) => {
  const polls = (logs.get(id) ?? []).filter(({ call }) => call === 'offers')
  return new ProductModel(id, polls.map(pollOf), run.now, GAP_MS)
})

const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString()
const iso = (ms: number) => new Date(ms).toISOString()

/** The time of an answer about a product, or one near it. */
function momentOf({ id }: ProductModel): number {
  const entries = logs.get(id) ?? []
  const at = entries[below(entries.length)]?.at ?? START
  return below(2) ? at : at + below(GAP_MS) - GAP_MS / 2
}

const INTERVALS: [name: string, ms: number][] = [
  ['1m', MINUTE],
  ['5m', 5 * MINUTE],
  ['1h', HOUR],
]

interface Window {
  from: number
  to: number
  interval?: [name: string, ms: number]
}

const WHOLE: Window = { from: START - HOUR, to: run.now }

/** Windows that begin and end before, in and after what was observed. */
function windowsOf(model: ProductModel): Window[] {
  const [a, b] = [momentOf(model), momentOf(model)]
  const [from, to] = [Math.min(a, b), Math.max(a, b)]
  const interval = pick(INTERVALS)
  return [
    { from: START - HOUR, to },
    { from, to },
    { from, to: run.now + HOUR },
    { from, to: from },
    { from: START - 2 * HOUR, to: START - HOUR },
    { from: run.now + 1, to: run.now + HOUR },
    { from, to, interval },
    { ...WHOLE, interval },
  ]
}

function trend(model: ProductModel, { from, to, interval }: Window, offerId?: string): Question {
  const offer = offerId === undefined ? '' : `/offers/${encodeURIComponent(offerId)}`
  const window = query({ from: iso(from), to: iso(to), interval: interval?.[0] ?? 'raw' })
  const answer = interval
    ? model.buckets(from, to, interval[1], interval[0], offerId)
    : model.trend(from, to, offerId)
  return { path: `/products/${model.id}${offer}/trend?${window}`, answer }
}

t.test('the run has all that can happen', async (t) => {
  const changes = models.flatMap((model) => model.changes)
  const polls = log.filter(({ call }) => call === 'offers').map(pollOf)
  const failed = polls.filter(({ seen }) => seen === null)
  t.ok(polls.length > (PRODUCTS * TICKS) / 2, `${polls.length} polls`)
  t.ok(failed.length > polls.length / 100, `${failed.length} of them failed`)
  for (const type of ['listed', 'price_changed', 'stock_changed', 'delisted']) {
    t.ok(
      changes.some((change) => change.type === `offer.${type}`),
      type,
    )
  }
  for (const how of ['lower', 'same', 'higher'] as const) {
    t.ok(
      models.some(({ returned }) => returned[how] > 0),
      `returned at a price ${how}`,
    )
  }
  t.ok(
    changes.some(({ price }) => price === 0),
    'for nothing',
  )
  t.ok(
    changes.some(({ items_in_stock }) => items_in_stock === 0),
    'sold out',
  )
  t.comment(`${changes.length} changes, ${run.lost} answers lost to kills`)
})

t.test('the trend of every offer is that of what was served', async (t) => {
  const questions = models.flatMap((model) =>
    [...model.offers.keys()].map((offerId) => trend(model, WHOLE, offerId)),
  )
  await compare(t, questions)
})

t.test('the trend of some offers is that of what was served, in any window', async (t) => {
  const questions = models.flatMap((model) => {
    const offerIds = [...model.offers.keys()].filter((_, index) => index % 3 === 0)
    return offerIds.map((offerId) => trend(model, pick(windowsOf(model)), offerId))
  })
  await compare(t, questions)
})

t.test('the trend of every product is that of what was served', async (t) => {
  const questions = models.flatMap((model) =>
    [WHOLE, ...windowsOf(model)].map((window) => trend(model, window)),
  )
  await compare(t, questions)
})

t.test('offers stand at any moment as they were served', async (t) => {
  const lively = models.filter((_, index) => index % BY_HAND === 0)
  const questions = Array.from({ length: MOMENTS }, () => {
    const model = pick(pick([models, lively]))
    const at = momentOf(model)
    return { path: `/products/${model.id}/offers?${query({ at: iso(at) })}`, answer: model.at(at) }
  })
  await compare(t, questions)
})

t.test('products and offers stand as they were last served', async (t) => {
  const questions = models.map((model) => ({
    path: `/products/${model.id}/offers`,
    answer: model.at(run.now),
  }))
  await compare(t, questions)
  const products = (await run.products()).map(
    ({ id, offers_count, lowest_price, checked_at, stale }) => ({
      ...{ id, offers_count, lowest_price, checked_at, stale },
    }),
  )
  t.same(
    products,
    models.map((model) => model.current()),
  )
})

t.test('the feed has each change once and in order', async (t) => {
  const items: Change[] = []
  let lastSeq = -1
  for (let after = 0; after > lastSeq; ) {
    lastSeq = after
    const page = await run.json<ChangeList>(`/changes?after=${after}&limit=1000`)
    items.push(...page.items)
    after = page.last_seq
  }
  t.ok(
    items.every(({ seq }, index) => seq === index + 1),
    'seq has no gap',
  )
  t.equal(lastSeq, items.length)
  t.equal((await run.json<Status>('/status')).last_seq, lastSeq)
  t.ok(
    items.every(({ at }, index) => at >= (items[index - 1]?.at ?? '')),
    'oldest first',
  )
  const created = await run.products()
  const expected = models.flatMap(({ id: product_id, changes }, index): Omit<Change, 'seq'>[] => {
    const registered = logs
      .get(product_id)
      ?.find(({ call, status }) => call === 'register' && status === 201)
    return [
      { at: String(created[index]?.created_at), type: 'product.created', product_id },
      { at: iso(Number(registered?.at)), type: 'product.registered', product_id },
      ...changes,
    ]
  })
  const actual = arranged(items.map(({ seq, ...change }) => change))
  t.same([...differences(actual, arranged(expected))].slice(0, 10), [])
})

t.test('the export has everything that was served', async (t) => {
  const from = momentOf(pick(models))
  for (const window of [WHOLE, { from, to: run.now }, { from, to: from + GAP_MS }]) {
    const parameters = query({ from: iso(window.from), to: iso(window.to), format: 'ndjson' })
    const text = await run.text(`/api/v1/export/prices?${parameters}`)
    const lines: PriceRecord[] = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
    const expected = models.flatMap((model) => model.records(window.from, window.to))
    t.same([...differences(arranged(lines), arranged(expected))].slice(0, 10), [], parameters)
  }
})

t.test('nothing happened while it was looked at', async (t) => {
  t.equal(run.simulator.served.log().length, log.length + run.lost)
  await run.end()
})
