import type { OutgoingHttpHeaders } from 'node:http'
import t, { type Test } from 'tap'
import type { Change } from '../../schemas/change.ts'
import { EXAMPLE_PRODUCT } from '../../schemas/example.ts'
import { toTime } from '../../schemas/to-time.ts'
import { eventually } from '../helper.ts'
import { API, type App, isError, offer, startStill, UNKNOWN_ID } from './helper.ts'
import { CHANGES, caughtUp, listen, listenOn, NOW, page, STREAM, upTo } from './listener.ts'

/** The whole feed after a position, read page by page by `last_seq`. */
async function walk(app: App, query: string, after = 0): Promise<Change[]> {
  const { items, last_seq } = await page(app, `${query}&after=${after}`)
  return last_seq === app.store.lastSeq ? items : [...items, ...(await walk(app, query, last_seq))]
}

const seqs = (changes: { seq: number }[]) => changes.map(({ seq }) => seq)

/** An app whose feed has one change of each type, and what that has to be. */
async function startFed(t: Test) {
  const { app, time, add } = await startStill(t, NOW)
  const { id: mower } = await add('Mower', [
    [NOW + 1_000, offer('x', 50, 3), offer('y', 70)],
    [NOW + 2_000, offer('x', 45, 2), offer('y', 70, 8)],
    [NOW + 3_000, offer('x', 45, 2), offer('y', 70, 8)],
    [NOW + 4_000, offer('y', 69, 8)],
  ])
  time.now = NOW + 5_000
  await app.store.updateProduct(mower, { description: 'quiet' })
  const { id: saw } = await add('Saw', [[NOW + 6_000, offer('z', 9)]])
  await app.store.deleteProduct(saw)

  const at = (seconds: number) => toTime(NOW + seconds * 1000)
  const x = { product_id: mower, offer_id: 'x' }
  const y = { product_id: mower, offer_id: 'y' }
  const z = { product_id: saw, offer_id: 'z' }
  const all: Change[] = [
    { seq: 1, at: at(0), type: 'product.created', product_id: mower },
    { seq: 2, at: toTime(0), type: 'product.registered', product_id: mower },
    { seq: 3, at: at(1), type: 'offer.listed', ...x, price: 50, items_in_stock: 3 },
    { seq: 4, at: at(1), type: 'offer.listed', ...y, price: 70, items_in_stock: 1 },
    {
      seq: 5,
      at: at(2),
      type: 'offer.price_changed',
      ...x,
      price: 45,
      previous_price: 50,
      items_in_stock: 2,
      previous_items_in_stock: 3,
    },
    {
      seq: 6,
      at: at(2),
      type: 'offer.stock_changed',
      ...y,
      items_in_stock: 8,
      previous_items_in_stock: 1,
    },
    {
      seq: 7,
      at: at(4),
      type: 'offer.price_changed',
      ...y,
      price: 69,
      previous_price: 70,
      items_in_stock: 8,
      previous_items_in_stock: 8,
    },
    {
      seq: 8,
      at: at(4),
      type: 'offer.delisted',
      ...x,
      previous_price: 45,
      previous_items_in_stock: 2,
    },
    { seq: 9, at: at(5), type: 'product.updated', product_id: mower },
    { seq: 10, at: at(5), type: 'product.created', product_id: saw },
    { seq: 11, at: toTime(0), type: 'product.registered', product_id: saw },
    { seq: 12, at: at(6), type: 'offer.listed', ...z, price: 9, items_in_stock: 1 },
    { seq: 13, at: at(5), type: 'product.deleted', product_id: saw, tags: [] },
  ]
  await listenOn(app)
  return { app, all, mower, saw }
}

t.test('a feed', async (t) => {
  const { app, all, mower, saw } = await startFed(t)

  t.test('contains every change, with its figures', async (t) => {
    const response = await app.inject(CHANGES)
    t.equal(response.statusCode, 200)
    t.match(response.headers['content-type'], /^application\/json/)
    t.strictSame(response.json(), { items: all, last_seq: 13 })
    const status = (await app.inject(`${API}/status`)).json<{ last_seq: number }>()
    t.equal(status.last_seq, 13)
  })

  t.test('continues by last_seq, not by links', async (t) => {
    const response = await app.inject(`${CHANGES}?limit=2`)
    t.strictSame(response.json(), { items: all.slice(0, 2), last_seq: 2 })
    t.equal(response.headers.link, undefined)
  })

  t.test('is answered with 304 to a client that has it', async (t) => {
    const { etag } = (await app.inject(CHANGES)).headers
    const response = await app.inject({ url: CHANGES, headers: { 'if-none-match': String(etag) } })
    t.equal(response.statusCode, 304)
    t.equal(response.body, '')
  })

  for (const limit of [1, 2, 3, 5, 12, 13, 14, 1000]) {
    t.test(`has each change once and in order in pages of ${limit}`, async (t) => {
      t.strictSame(await walk(app, `limit=${limit}`), all)
      const { items } = await page(app, `limit=${limit}`)
      t.equal(items.length, Math.min(limit, 13))
    })
  }

  for (const { seq } of all) {
    t.test(`begins after change ${seq}`, async (t) => {
      t.strictSame(seqs(await walk(app, 'limit=4', seq)), upTo(13, seq + 1))
    })
  }

  const filters: [query: string, wanted: (change: Change) => boolean][] = [
    [`product_id=${mower}`, ({ product_id }) => product_id === mower],
    [`product_id=${mower.toUpperCase()}`, ({ product_id }) => product_id === mower],
    [`product_id=${saw}`, ({ product_id }) => product_id === saw],
    [
      `product_id=${saw}&type=offer.listed`,
      ({ product_id, type }) => product_id === saw && type === 'offer.listed',
    ],
    [`product_id=${saw}&type=offer.delisted`, () => false],
    [`product_id=${UNKNOWN_ID}`, () => false],
    ...[...new Set(all.map(({ type }) => type))].map(
      (own): [string, (change: Change) => boolean] => [`type=${own}`, ({ type }) => type === own],
    ),
  ]
  t.test('has all changes of a filter, and no others', async (t) => {
    t.equal(filters.length, 6 + 8, 'all types are there')
    for (const [query, wanted] of filters) {
      await t.test(query, async (t) => {
        const some = all.filter(wanted)
        t.strictSame(await page(app, query), { items: some, last_seq: 13 })
        t.strictSame(await walk(app, `${query}&limit=1`), some)
      })
    }
  })

  t.test('has nothing for a client that is ahead of it, except its end', async (t) => {
    for (const after of [13, 14, 999_999_999_999_999]) {
      t.strictSame(await page(app, `after=${after}`), { items: [], last_seq: 13 })
    }
  })

  const TYPES =
    'product.created, product.updated, product.deleted, product.registered, offer.listed, ' +
    'offer.price_changed, offer.stock_changed, offer.delisted, alert.fired'
  const INTEGER = 'The query parameter after must be a whole number'
  const bad: [query: string, message: string | RegExp][] = [
    ['after=', INTEGER],
    ['after=x', INTEGER],
    ['after=1.5', INTEGER],
    ['after=0x10', INTEGER],
    ['after=1&after=2', 'The query parameter after must be given only once'],
    ['after=9007199254740992', 'The query parameter after must be at most 9007199254740991'],
    ['after=-1', 'The query parameter after must be at least 0'],
    [
      'product_id=1',
      `The query parameter product_id must be a UUID, such as ${EXAMPLE_PRODUCT.id}`,
    ],
    ['type=offer', `The query parameter type must be one of ${TYPES}`],
    [
      'since=1',
      /^Unknown query parameter 'since': the query parameters are after, product_id, type\b/,
    ],
  ]
  const badLimits: [query: string, message: string | RegExp][] = [
    ['limit=0', 'The query parameter limit must be at least 1'],
    ['limit=1001', 'The query parameter limit must be at most 1000'],
    ['limit=x', 'The query parameter limit must be a whole number'],
  ]
  t.test('refuses bad parameters', async (t) => {
    const cases: [url: string, message: string | RegExp][] = [
      ...[...bad, ...badLimits].map(([query, message]): [string, string | RegExp] => [
        `${CHANGES}?${query}`,
        message,
      ]),
      ...bad.map(([query, message]): [string, string | RegExp] => [`${STREAM}?${query}`, message]),
      [
        `${STREAM}?limit=5`,
        "Unknown query parameter 'limit': the query parameters are after, product_id, type",
      ],
    ]
    for (const [url, message] of cases) {
      await t.test(url, async (t) => isError(t, await app.inject(url), 400, message))
    }
  })

  t.test('refuses a Last-Event-ID that no event had', async (t) => {
    for (const id of ['', 'x', '-1', '1.5', '1e3', '9007199254740992']) {
      await t.test(JSON.stringify(id), async (t) => {
        const response = await app.inject({ url: STREAM, headers: { 'last-event-id': id } })
        isError(t, response, 400, /^The header last-event-id must /)
      })
    }
  })

  t.test('is streamed as events that proxies do not hold back', async (t) => {
    const { response, others } = await listen(t, app)
    t.equal(response.statusCode, 200)
    t.match(response.headers, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    t.equal(response.headers['content-length'], undefined)
    await eventually(() => others.length)
    t.ok(others.includes('retry: 2000'))
  })

  t.test('is streamed as it is read', async (t) => {
    const listener = await listen(t, app, 'after=0')
    await caughtUp(app, listener)
    t.strictSame(listener.changes(), all)
    t.strictSame(
      listener.events.map(({ id, event }) => [Number(id), event]),
      all.map(({ seq, type }) => [seq, type]),
    )
  })

  const resumptions: [what: string, query: string, headers: OutgoingHttpHeaders, first: number][] =
    [
      ['after', 'after=4', {}, 5],
      ['Last-Event-ID', '', { 'last-event-id': '7' }, 8],
      ['Last-Event-ID before after', 'after=4', { 'last-event-id': '7' }, 8],
      ['a Last-Event-ID of 0 before after', 'after=4', { 'last-event-id': '0' }, 1],
      ['neither', '', {}, 14],
      ['one that is ahead', 'after=1000', {}, 14],
    ]
  t.test('is streamed from where the client was', async (t) => {
    for (const [what, query, headers, first] of resumptions) {
      await t.test(what, async (t) => {
        const listener = await listen(t, app, query, headers)
        await caughtUp(app, listener)
        t.strictSame(listener.ids(), upTo(13, first))
      })
    }
  })

  t.test('is streamed by the same filters', async (t) => {
    for (const [query, wanted] of filters) {
      await t.test(query, async (t) => {
        const listener = await listen(t, app, `${query}&after=0`)
        await caughtUp(app, listener)
        t.strictSame(listener.changes(), all.filter(wanted))
      })
    }
  })
})
