import t from 'tap'
import type { Product } from '../../schemas/product.ts'
import type { Status } from '../../schemas/status.ts'
import { toTime } from '../../schemas/to-time.ts'
import { eventually, startApp, startSimulator } from '../helper.ts'
import {
  API,
  type App,
  create,
  failed,
  isError,
  list,
  listAll,
  offer,
  PRODUCTS,
  post,
  read,
  startStill,
} from './helper.ts'

const NOW = Date.UTC(2026, 10, 22, 8)
const MINUTE = 60_000

const names = (items: { name: string }[]) => items.map(({ name }) => name)
const statusOf = async (app: App) => (await app.inject(`${API}/status`)).json<Status>()

/** An app whose polls of `fine` succeed, and of `failing` fail as configured. */
async function startFailing(t: Parameters<typeof startApp>[0], variables = {}) {
  const time = { now: NOW }
  const simulator = await startSimulator(t)
  const app = await startApp(
    t,
    { OFFERS_BASE_URL: simulator.baseUrl, ...variables },
    { clock: () => time.now, random: () => 0 },
  )
  return { app, time, simulator }
}

/** A product, once it reports that its work failed, or succeeded. */
async function readWhen(app: App, id: string, isFailing: boolean): Promise<Product> {
  let product = await read(app, id)
  await eventually(async () => {
    product = await read(app, id)
    return product.refresh.failures > 0 === isFailing
  })
  return product
}

const FAULTS: [name: string, answer: object, fault: string, message: RegExp][] = [
  ['an error', { status: 500 }, 'unavailable', /^The Offers service answered 500$/],
  [
    'a status that means nothing',
    { status: 418 },
    'unexpected',
    /^The Offers service answered 418/,
  ],
  [
    'no JSON',
    { status: 200, body: '<html>' },
    'malformed',
    /^The answer .* is HTML or XML, not JSON/,
  ],
  ['a refused token', { status: 401 }, 'unauthorized', /refused the access token/],
  [
    'a text that nobody could read',
    { status: 418, body: JSON.stringify({ msg: `\0\ud800${'x'.repeat(9_999)}` }) },
    'unexpected',
    /^The Offers service answered 418: \ufffdx{1,1000}$/,
  ],
]
for (const [name, answer, fault, message] of FAULTS) {
  t.test(`a product that is answered with ${name} says so until that is over`, async (t) => {
    const { app, time, simulator } = await startFailing(t)
    const { id } = await create(app, { name: 'Mower' })
    await eventually(async () => (await read(app, id)).checked_at)
    simulator.faults.products.set(id, answer)
    time.now += MINUTE
    const { refresh } = await readWhen(app, id, true)
    t.match(refresh, { failures: 1, fault, failed_at: toTime(time.now) })
    t.match(refresh.message, message)
    t.ok(Number(refresh.message?.length) <= 1_000)
    t.ok(Date.parse(String(refresh.next_at)) > time.now)

    const { upstream, refresh: all } = await statusOf(app)
    t.match(upstream.last_error, { message: refresh.message, product_id: id })
    t.equal(all.failing, 1)
    t.match((await app.inject('/metrics')).body, '\nrefresh_products_failing 1\n')

    simulator.faults.products.delete(id)
    time.now += MINUTE
    t.match((await readWhen(app, id, false)).refresh, {
      fault: null,
      message: null,
      failed_at: null,
    })
    t.equal((await statusOf(app)).refresh.failing, 0)
  })
}

t.test('a product that waits for its registration says why', async (t) => {
  const { app, simulator, time } = await startFailing(t)
  Object.assign(simulator.faults.settings, { calls: ['register'], error_rate: 1 })
  const { id } = await create(app, { name: 'Mower' })
  t.match(await readWhen(app, id, true), {
    registration: { status: 'pending' },
    refresh: { failures: 1, fault: 'unavailable', failed_at: toTime(time.now) },
  })
  t.equal((await statusOf(app)).refresh.within_target, 0)
})

t.test('while no calls go out, a product that is due says so', async (t) => {
  const { app, add } = await startStill(t, NOW)
  await add('due', [[NOW - MINUTE, offer('x', 1)]])
  await add('later', [[NOW, offer('x', 1)]])
  const broken = await add('failing', [[NOW - 2 * MINUTE, offer('x', 1)]])
  await app.store.settle([failed(broken.token, NOW - MINUTE)])
  const seen = async () => {
    const { items } = await list(app, 'sort=created_at')
    const single = await Promise.all(items.map(({ id }) => read(app, id)))
    t.strictSame(single, items)
    return items.map(({ refresh }) => refresh)
  }
  const before = await seen()
  t.strictSame(
    before.map(({ fault }) => fault),
    [null, null, 'unavailable'],
  )

  t.test('while the service is taken to be down, what is due waits for a probe', async (t) => {
    for (let call = 0; call < 5; call++) app.breaker.failed('normal')
    const message = 'The Offers service is taken to be down, and probed until it is back'
    t.strictSame(await seen(), [{ ...before[0], fault: 'paused', message }, before[1], before[2]])
    app.breaker.succeeded()
    t.strictSame(await seen(), before)
  })

  t.test('while the service asked for a pause, nothing is tried before its end', async (t) => {
    app.breaker.pause(5 * MINUTE, 'normal')
    const next_at = toTime(NOW + 5 * MINUTE)
    const message = 'The Offers service asked not to be called for a while'
    t.strictSame(await seen(), [
      { ...before[0], fault: 'paused', message, next_at },
      { ...before[1], next_at },
      { ...before[2], next_at },
    ])
    const created = (await post(app, { name: 'new' })).json()
    t.match(created.refresh, { fault: 'paused', message, next_at })
    await app.store.deleteProduct(created.id)
  })
})

t.test('a rejected product does not wait for the end of a pause', async (t) => {
  const { app, add } = await startStill(t, NOW)
  const { id, token } = await add('Mower')
  await app.store.settle([{ type: 'rejected', token, version: 1, reason: 'No such name', at: NOW }])
  app.breaker.pause(MINUTE, 'normal')
  t.strictSame((await read(app, id)).refresh, {
    next_at: null,
    failures: 1,
    fault: 'rejected',
    message: 'No such name',
    failed_at: toTime(NOW),
  })
})

t.test('the catalogue is filtered by stale and registration', async (t) => {
  const { app, add } = await startStill(t, NOW)
  await add('fresh a', [[NOW, offer('x', 2)]])
  await add('fresh b', [[NOW, offer('x', 1, 0)]])
  await add('old', [[NOW - 4 * MINUTE, offer('x', 3)]])
  await create(app, { name: 'new a' })
  await create(app, { name: 'new b' })

  const QUERIES: [query: string, found: string[]][] = [
    ['stale=true', ['old', 'new a', 'new b']],
    ['stale=false', ['fresh a', 'fresh b']],
    ['registration=pending', ['new a', 'new b']],
    ['registration=registered', ['fresh a', 'fresh b', 'old']],
    ['registration=rejected', []],
    ['stale=true&registration=registered', ['old']],
    ['stale=false&registration=pending', []],
    ['stale=true&q=new&sort=-name', ['new b', 'new a']],
    ['stale=false&in_stock=true&sort=lowest_price', ['fresh a']],
    ['registration=registered&sort=-lowest_price', ['old', 'fresh a', 'fresh b']],
  ]
  for (const [query, found] of QUERIES) {
    t.strictSame(names(await listAll(app, query)), found, query)
    t.strictSame(names(await listAll(app, `${query}&limit=1`)), found, `${query}, one by one`)
  }

  t.test('a cursor is only valid with the same filters', async (t) => {
    const filters = ['', '&stale=true', '&stale=false', '&registration=pending']
    for (const given of ['&stale=true', '&registration=registered']) {
      const { next_cursor } = await list(app, `limit=1${given}`)
      t.type(next_cursor, 'string')
      for (const other of filters.filter((filter) => filter !== given)) {
        const response = await app.inject(`${PRODUCTS}?limit=1${other}&cursor=${next_cursor}`)
        isError(t, response, 400, /^The query parameter cursor must be the next_cursor/)
      }
    }
  })

  for (const query of ['stale=maybe', 'stale=', 'registration=', 'registration=lost']) {
    t.test(`${query} is refused`, async (t) => {
      isError(t, await app.inject(`${PRODUCTS}?${query}`), 400, /^The query parameter /)
    })
  }
})
