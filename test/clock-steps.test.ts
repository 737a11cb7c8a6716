/**
 * The service under a clock that is put back and ahead while it runs, or while it is down. The Offers service
 * keeps the true time. The full size: CLOCK_PRODUCTS=200 tap --timeout=900 test/clock-steps.test.ts
 */
import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { ChangeList } from '../schemas/change.ts'
import type { Product } from '../schemas/product.ts'
import type { Status } from '../schemas/status.ts'
import { ACCESS_TOKEN_SECONDS } from '../simulator/access-token.ts'
import type { Fault } from '../simulator/faults.ts'
import { DEFAULT_REFRESH_TOKEN } from '../simulator/simulator.ts'
import { eventually, startApp, startSimulator, temporaryFolder } from './helper.ts'
import { API, type App, create, createAll, listAll, read } from './routes/helper.ts'

const PRODUCTS = Number(process.env.CLOCK_PRODUCTS ?? 20)
const INTERVAL_S = 2

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** The offset of the clock from the true time, and whether the token of the Offers service dies in the meantime. */
const STEPS: [name: string, offsetMs: number, tokenDies: boolean][] = [
  ['one second back', -SECOND, false],
  ['half a minute back', -30 * SECOND, false],
  ['ten minutes back', -10 * MINUTE, false],
  ['an hour back', -HOUR, true],
  ['right again', 0, false],
  ['an hour ahead', HOUR, false],
  ['a day ahead', 24 * HOUR, true],
  ['right again', 0, true],
]

/** The fault of each call about a product; for a fifth of them each. */
const TROUBLES: Record<string, Fault> = {
  pending: { status: 418 },
  rejected: { status: 422, body: '{"detail":"No"}' },
  failing: { status: 200, body: '[{}]' },
}

/** Before all were asked about, none is more often than this. */
const MAX_POLLS = 4

async function start(t: Test, generation: 1 | 2) {
  const time = { offset: 0, passed: 0 }
  const simulator = await startSimulator(t, {
    generation,
    clock: () => Date.now() + time.passed,
  })
  const ids: string[] = Array.from({ length: PRODUCTS + 2 * STEPS.length }, () => randomUUIDv7())
  const names = Object.keys(TROUBLES)
  /** The products that are in a trouble, by its name; all others are well. */
  const troubled = new Map(
    names.map((name, place) => [
      name,
      ids.slice(0, PRODUCTS).filter((_, index) => index % 5 === place),
    ]),
  )
  const unused = ids.values()
  /** How often each product was asked about since the last step. */
  const asked = new Map<string, number>()
  const { served } = simulator
  const answered = served.answered
  served.answered = (entry) => {
    const { product, status } = entry
    if (product !== null && status !== 401) asked.set(product, (asked.get(product) ?? 0) + 1)
    answered(entry)
  }
  const variables = {
    DATABASE_URL: `file:${join(await temporaryFolder(t), 'test.db')}`,
    OFFERS_BASE_URL: simulator.baseUrl,
    REFRESH_INTERVAL_SECONDS: String(INTERVAL_S),
    ...(generation === 2 && { OFFERS_REFRESH_TOKEN: DEFAULT_REFRESH_TOKEN }),
  }
  const clock = () => Date.now() + time.passed + time.offset
  const newId = () => unused.next().value ?? ''
  return {
    ...{ time, clock, simulator, ids, troubled, asked },
    startService: () => startApp(t, variables, { clock, newId }),
  }
}

type Scene = Awaited<ReturnType<typeof start>>

const inFuture = (time: string | null, now: number) => time !== null && Date.parse(time) > now

/** Asserts that no reported time is in the future, and that unknown ages count as stale. */
async function isTruthful(t: Test, app: App, clock: () => number): Promise<Status> {
  const { upstream, refresh, ...status } = (await app.inject(`${API}/status`)).json<Status>()
  const products = await listAll(app, 'limit=200')
  const now = clock()
  const moments = [upstream.last_success_at, upstream.last_error?.at, refresh.oldest_checked_at]
  t.notOk(moments.find((time) => inFuture(time ?? null, now)))
  t.ok((refresh.p95_age_s ?? 0) >= 0)
  t.ok(upstream.paused_until === null || Date.parse(upstream.paused_until) < now + MINUTE)
  t.same(
    products.filter(({ checked_at, stale }) => inFuture(checked_at, now) && !stale),
    [],
    'a check in the future is stale',
  )
  return { ...status, upstream, refresh }
}

/** All of these are as their last answers say; gives the others. */
async function notYetSo(app: App, ids: string[], price: number): Promise<Product[]> {
  const products = await Promise.all(ids.map((id) => read(app, id)))
  return products.filter(({ stale, lowest_price }) => stale || lowest_price !== price)
}

/** Asserts that the feed has every change once, and has these products. */
async function isWhole(t: Test, app: App, ids: string[]): Promise<void> {
  const created: string[] = []
  let after = 0
  for (let more = true; more; ) {
    const { items, last_seq } = (
      await app.inject(`${API}/changes?after=${after}&limit=1000`)
    ).json<ChangeList>()
    t.same(
      items.map(({ seq }) => seq),
      items.map((_, index) => after + 1 + index),
      'no gap',
    )
    created.push(
      ...items.flatMap((each) => (each.type === 'product.created' ? each.product_id : [])),
    )
    more = last_seq > after
    after = last_seq
  }
  t.same(created, ids)
}

async function run(t: Test, scene: Scene, restarting: boolean): Promise<void> {
  const { time, clock, simulator, ids, troubled, asked } = scene
  const { answers, faults, served } = simulator
  const [pending = [], rejected = [], failing = []] = troubled.values()
  const hasTrouble = new Set([...pending, ...rejected, ...failing])
  const isWell = (id: string) => !hasTrouble.has(id)
  const setPrice = (price: number) => {
    for (const id of ids) answers.set(id, [{ id: randomUUIDv7(), price, items_in_stock: 1 }])
  }

  let app = await scene.startService()
  setPrice(1)
  for (const name of ['pending', 'rejected']) {
    for (const id of troubled.get(name) ?? []) faults.products.set(id, TROUBLES[name] ?? {})
  }
  for (let left = PRODUCTS; left > 0; left -= 1000) {
    await createAll(
      app,
      Array.from({ length: Math.min(left, 1000) }, (_, n) => ({ name: `Product ${n}` })),
    )
  }
  const created = ids.slice(0, PRODUCTS)
  await eventually(async () => (await notYetSo(app, created.filter(isWell), 1)).length === 0)
  await eventually(async () => (await notYetSo(app, failing, 1)).length === 0)
  for (const id of failing) faults.products.set(id, TROUBLES.failing ?? {})

  for (const [index, [name, offset, tokenDies]] of STEPS.entries()) {
    const putBack = time.offset - offset > 10 * SECOND
    if (restarting) await app.close()
    else created.push((await create(app, { name: `On its way, ${name}` })).id)
    time.offset = offset
    if (tokenDies) time.passed += ACCESS_TOKEN_SECONDS * SECOND
    asked.clear()
    const before = performance.now()
    setPrice(2 + index)
    if (restarting) app = await scene.startService()
    const { refresh } = await isTruthful(t, app, clock)
    if (putBack) t.ok(refresh.within_target < 0.5, `${name}: few are fresh`)
    created.push((await create(app, { name: `New, ${name}` })).id)

    const wanted = created.filter((id) => !rejected.includes(id))
    await eventually(() => wanted.every((id) => asked.has(id)))
    const most = Math.max(...created.map((id) => asked.get(id) ?? 0))
    t.ok(most <= MAX_POLLS, `${name}: all were asked for before one was ${most} times`)
    t.ok(
      rejected.every((id) => !asked.has(id)),
      'what was rejected is left alone',
    )
    await eventually(
      async () => (await notYetSo(app, created.filter(isWell), 2 + index)).length === 0,
    )
    await isTruthful(t, app, clock)
    const intervals = (performance.now() - before) / (INTERVAL_S * SECOND)
    t.comment(`${name}: ${wanted.length} products current after ${intervals.toFixed(2)} intervals`)
  }

  faults.products.clear()
  const all = created.filter((id) => !rejected.includes(id))
  await eventually(async () => (await notYetSo(app, all, 1 + STEPS.length)).length === 0)
  const listed = await listAll(app, 'limit=200')
  t.same(
    listed.map(({ id }) => id),
    created,
    'every product is there, in order',
  )
  t.same(
    listed.flatMap(({ id, registration }) => (registration.status === 'rejected' ? id : [])),
    rejected,
  )
  await isWhole(t, app, created)
  t.comment(`${served.requests.auth} calls of POST /auth`)
}

/** At full size they would be in each other's way. */
if (PRODUCTS < 100) t.jobs = 4
for (const generation of [1, 2] as const) {
  for (const restarting of [false, true]) {
    const how = restarting ? 'while it is down' : 'while it runs'
    t.test(`generation ${generation}: nothing starves when the clock is put ${how}`, async (t) => {
      await run(t, await start(t, generation), restarting)
    })
  }
}
