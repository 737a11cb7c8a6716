import t from 'tap'
import { toTime } from '../../schemas/to-time.ts'
import { postgresDatabase } from '../engine.ts'
import { eventually, startApp, startSimulator } from '../helper.ts'
import { API, type App, create, holdStill, list, NO_UPSTREAM, read } from './helper.ts'

/** 1 on the engine that keeps answers; PostgreSQL keeps none, and counts none. */
const KEPT = postgresDatabase ? 0 : 1

/** An app with a product that nothing changes, and the paths of answers about it. */
async function still(t: Parameters<typeof startApp>[0]) {
  const app = await startApp(t, NO_UPSTREAM)
  holdStill(app)
  await create(app, { name: 'First' })
  const { id } = await create(app, { name: 'Second' })
  const paths = [`/products/${id}`, `/products/${id}/offers`, '/products?limit=1']
  return { app, id, urls: paths.map((path) => API + path) }
}

t.test('an answer that is sent again is the same, with all its headers', async (t) => {
  const { app, urls } = await still(t)
  for (const url of urls) {
    const [first, second] = [await app.inject(url), await app.inject(url)]
    t.equal(second.statusCode, 200)
    t.equal(second.body, first.body)
    const { date: _, 'x-request-id': __, ...headers } = first.headers
    t.match(second.headers, headers)
    t.match(second.headers, { 'content-type': 'application/json; charset=utf-8', etag: /^"/ })
  }
  t.match((await app.inject(String(urls[2]))).headers.link, /rel="next"/)
})

t.test('an answer that is not modified is not read again', async (t) => {
  const { app, urls } = await still(t)
  for (const url of urls) {
    const { etag } = (await app.inject(url)).headers
    const { hits, misses } = app.store.ready
    const response = await app.inject({ url, headers: { 'if-none-match': String(etag) } })
    t.equal(response.statusCode, 304)
    t.match(app.store.ready, { hits: hits + KEPT, misses })
  }
})

t.test('hits and misses are counted in the metrics', async (t) => {
  const { app, urls } = await still(t)
  for (const url of [...urls, ...urls, ...urls]) await app.inject(url)
  for (const _ of ['once', 'twice']) {
    const { body } = await app.inject('/metrics')
    t.match(body, `\nready_answers_hits_total ${6 * KEPT}\n`)
    t.match(body, `\nready_answers_misses_total ${3 * KEPT}\n`)
    t.match(body, KEPT ? /^ready_answers_bytes \d{3,}$/m : /^ready_answers_bytes 0$/m)
  }
})

/** What is shown of a product, alone and in lists. */
async function shown(app: App, id: string) {
  const { items } = await list(app, `ids=${id}`)
  return [await read(app, id), (await list(app, 'limit=1')).items[0], items[0]]
}

t.test(
  'a pause is shown from the moment at which a product is due, and until its end',
  async (t) => {
    const simulator = await startSimulator(t)
    const time = { now: Date.UTC(2026, 10, 22) }
    const app = await startApp(
      t,
      { OFFERS_BASE_URL: simulator.baseUrl, REFRESH_INTERVAL_SECONDS: '60' },
      { clock: () => time.now },
    )
    const { id } = await create(app, { name: 'Mower' })
    await eventually(async () => (await read(app, id)).checked_at)
    const dueAt = Date.parse(String((await read(app, id)).refresh.next_at))
    const refreshes = async () => (await shown(app, id)).map((product) => product?.refresh)
    const expected = (fault: 'paused' | null, at: number) =>
      Array(3).fill({ fault, next_at: toTime(at) })
    t.match(await refreshes(), expected(null, dueAt), 'no pause')
    app.breaker.pause(30_000, 'normal')
    t.match(await refreshes(), expected(null, dueAt), 'a pause that ends before it is due')
    time.now = dueAt - 1
    app.breaker.pause(30_000, 'normal')
    const end = time.now + 30_000
    t.match(await refreshes(), expected(null, end), 'a pause that ends after that')
    time.now = dueAt
    t.match(await refreshes(), expected('paused', end), 'it is due')
  },
)
