import type { AddressInfo, Socket } from 'node:net'
import t from 'tap'
import { StoreUnavailable } from '../../db/errors.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import type { MoverList } from '../../schemas/mover.ts'
import { toTime } from '../../schemas/to-time.ts'
import { API, type App, isError, offer, type Poll, polled, startStill } from './helper.ts'

const NOW = Date.UTC(2026, 10, 22, 8)
const URL = `${API}/movers`

const moversOf = async (app: App, query = '') =>
  (await app.inject(`${URL}?${query}`)).json<MoverList>()

/** Polls of a product with one offer: how long ago, and its price; null: it is not on sale. */
const prices = (...steps: [agoMs: number, price: number | null][]): Poll[] =>
  steps.map(([agoMs, price]) => [NOW - agoMs, ...(price === null ? [] : [offer('a', price)])])

const YESTERDAY = 2 * DAY_MS

/** Products by name, with their polls. */
const history: Record<string, Poll[]> = {
  third: prices([YESTERDAY, 300], [HOUR_MS, 200]),
  half: prices([YESTERDAY, 100], [HOUR_MS, 50]),
  'fifth, first made': prices([YESTERDAY, 100], [HOUR_MS, 80]),
  'fifth, then made': prices([YESTERDAY, 200], [HOUR_MS, 160]),
  free: prices([YESTERDAY, 10], [HOUR_MS, 0]),
  'from free': prices([YESTERDAY, 0], [HOUR_MS, 10]),
  flat: prices([YESTERDAY, 100], [12 * HOUR_MS, 10], [HOUR_MS, 100]),
  'sold out': prices([YESTERDAY, 100], [2 * HOUR_MS, 50], [HOUR_MS, null]),
  'out of stock': [
    [NOW - YESTERDAY, offer('a', 100)],
    [NOW - HOUR_MS, offer('a', 10, 0)],
  ],
  new: prices([30 * MINUTE_MS, 100], [10 * MINUTE_MS, 70]),
  back: prices([YESTERDAY, 500], [25 * HOUR_MS, null], [5 * HOUR_MS, 100], [HOUR_MS, 90]),
  'other offer': [
    [NOW - YESTERDAY, offer('a', 100), offer('b', 120)],
    [NOW - HOUR_MS, offer('b', 119)],
  ],
  dearer: prices([YESTERDAY, 100], [HOUR_MS, 103]),
  'much dearer': prices([YESTERDAY, 100], [HOUR_MS, 350]),
  'never polled': [],
  'without offers': [[NOW - HOUR_MS]],
  slow: prices([20 * DAY_MS, 1000], [3 * DAY_MS, 999], [5 * HOUR_MS, 998], [20 * MINUTE_MS, 997]),
  'at the mark': prices([YESTERDAY, 8], [DAY_MS, 10_000], [HOUR_MS, 9999]),
}

/**
 * Products whose price halves, of which each test but the first has two days of its own. They are made before any test:
 * tap ends when those that it knows have ended.
 */
const { app, time, addAll } = await startStill(t, NOW)
const halving = await addAll(Array.from({ length: 205 }, (_, index) => `Mower ${index}`))

t.test('movers', async (t) => {
  const { app, add } = await startStill(t, NOW)
  const ids = new Map<string, string>()
  for (const [name, polls] of Object.entries(history)) ids.set(name, (await add(name, polls)).id)
  const told = (items: MoverList['items']) =>
    items.map(({ name, first, last, change }) => [name, first, last, change.percent])

  await t.test('are those whose price dropped by most percent, then by id', async (t) => {
    const response = await app.inject(URL)
    t.equal(response.statusCode, 200)
    const { from, to, items } = response.json<MoverList>()
    t.strictSame([from, to], [toTime(NOW - DAY_MS), toTime(NOW)])
    t.strictSame(told(items), [
      ['free', 10, 0, -100],
      ['half', 100, 50, -50],
      ['third', 300, 200, -33.33],
      ['new', 100, 70, -30],
      ['fifth, first made', 100, 80, -20],
      ['fifth, then made', 200, 160, -20],
      ['back', 100, 90, -10],
      ['slow', 999, 997, -0.2],
      ['at the mark', 10_000, 9999, -0.01],
    ])
    t.strictSame(items[2], {
      product_id: ids.get('third'),
      name: 'third',
      first: 300,
      last: 200,
      change: { absolute: -100, percent: -33.33 },
    })
  })

  await t.test('are those whose price rose, on request', async (t) => {
    const { items } = await moversOf(app, 'direction=rise')
    t.strictSame(told(items), [
      ['much dearer', 100, 350, 250],
      ['other offer', 100, 119, 19],
      ['dearer', 100, 103, 3],
    ])
    t.strictSame(items[0]?.change, { absolute: 250, percent: 250 })
  })

  const windows: [window: string, lengthMs: number, slow: number][] = [
    ['1h', HOUR_MS, 998],
    ['24h', DAY_MS, 999],
    ['7d', 7 * DAY_MS, 1000],
    ['30d', 30 * DAY_MS, 1000],
  ]
  for (const [window, lengthMs, first] of windows) {
    await t.test(`over ${window} are compared with the price of then`, async (t) => {
      const { from, to, items } = await moversOf(app, `window=${window}`)
      t.strictSame([from, to], [toTime(NOW - lengthMs), toTime(NOW)])
      t.match(
        items.find(({ name }) => name === 'slow'),
        { first, last: 997 },
      )
    })
  }

  await t.test('are at most as many as requested', async (t) => {
    const all = (await moversOf(app, 'limit=200')).items
    t.strictSame((await moversOf(app, 'limit=1')).items, all.slice(0, 1))
    t.strictSame((await moversOf(app, 'limit=3')).items, all.slice(0, 3))
  })

  await t.test('carry a tag', async (t) => {
    const { etag } = (await app.inject(URL)).headers
    const headers = { 'if-none-match': etag }
    t.equal((await app.inject({ url: URL, headers })).statusCode, 304)
    t.equal((await app.inject({ url: `${URL}?limit=1`, headers })).statusCode, 200)
  })
})

const looks = { count: 0 }
const { lowestChanges } = app.store
app.store.lowestChanges = (from, filter) => {
  looks.count += 1
  return lowestChanges.call(app.store, from, filter)
}

async function poll(agoMs: number, price: number): Promise<void> {
  const found: Poll = [time.now - agoMs, offer('a', price)]
  await app.store.settle(halving.map(({ token }) => polled(token, found)))
}

/** Begins the two days of a test. Gives their end, which is now. */
async function begin(): Promise<number> {
  time.now += 2 * DAY_MS
  await poll(25 * HOUR_MS, 100)
  await poll(MINUTE_MS, 50)
  looks.count = 0
  return time.now
}

t.test('there are 20 movers by default, and at most 200', async (t) => {
  await begin()
  for (const [query, count] of [
    ['', 20],
    ['limit=200', 200],
  ] as const) {
    const { items } = await moversOf(app, query)
    t.strictSame(
      items.map(({ product_id }) => product_id),
      halving.slice(0, count).map(({ id }) => id),
    )
  }
})

t.test('one look serves all who ask within half a minute', async (t) => {
  const now = await begin()
  const queries = ['', 'limit=1', 'direction=rise', 'limit=200', 'window=24h']
  const answers = await Promise.all(queries.map((query) => moversOf(app, query)))
  t.equal(looks.count, 1)
  t.equal(answers[0]?.items[0]?.last, 50)

  await poll(0, 10)
  time.now = now + 29_999
  t.strictSame(await moversOf(app), answers[0])
  t.equal(looks.count, 1)
  time.now = now + 30_000
  const { to, items } = await moversOf(app)
  t.strictSame([to, items[0]?.last], [toTime(time.now), 10])
  t.equal(looks.count, 2)
})

t.test('each window has a look of its own', async (t) => {
  await begin()
  for (const window of ['1h', '24h', '7d', '30d', '1h', '24h']) {
    await moversOf(app, `window=${window}`)
  }
  t.equal(looks.count, 4)
})

t.test('a clock that stepped back makes no answer last longer', async (t) => {
  const now = await begin()
  await moversOf(app)
  time.now = now - 29_999
  await moversOf(app)
  t.equal(looks.count, 1)
  time.now = now - 30_000
  t.equal((await moversOf(app)).to, toTime(time.now))
  t.equal(looks.count, 2)
})

t.test('a look that failed is not kept', async (t) => {
  await begin()
  const working = app.store.lowestChanges
  app.store.lowestChanges = async function* () {
    yield []
    throw new StoreUnavailable(new Error('disk I/O error'))
  }
  const answers = await Promise.all([app.inject(URL), app.inject(`${URL}?limit=1`)])
  app.store.lowestChanges = working
  for (const answer of answers) isError(t, answer, 503, /failed to do this/)
  const response = await app.inject(URL)
  t.equal(response.statusCode, 200)
  t.equal(response.json<MoverList>().items.length, 20)
})

t.test('the connection stays open although nothing is sent during a scan', async (t) => {
  const { app } = await startStill(t, NOW)
  const sockets: Socket[] = []
  app.server.on('connection', (socket) => sockets.push(socket))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { movers } = app
  app.movers = (query) => {
    sockets[0]?.emit('timeout')
    return movers(query)
  }
  const { port } = app.server.address() as AddressInfo
  t.equal((await fetch(`http://127.0.0.1:${port}${URL}`)).status, 200)

  const { res } = (await app.inject(URL)).raw
  res.emit('timeout')
  t.ok(res.destroyed, 'a client that does not read the answer is disconnected')
})
