import type { OutgoingHttpHeaders } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { EventSource, MessageEvent } from 'undici'
import { HEARTBEAT_MS } from '../../feed/event.ts'
import type { Change, ChangeList } from '../../schemas/change.ts'
import { EXAMPLE_PRODUCT } from '../../schemas/example.ts'
import { toTime } from '../../schemas/to-time.ts'
import { eventually } from '../helper.ts'
import { follow, type Listener, openStream } from './event-stream.ts'
import { API, type App, isError, offer, polled, startStill, UNKNOWN_ID } from './helper.ts'

const CHANGES = `${API}/changes`
const STREAM = `${CHANGES}/stream`
const NOW = Date.UTC(2026, 10, 22, 8)

/** How long `plugins/shutdown.ts` leaves clients to end. */
const CLIENT_GRACE_MS = 3_000

async function page(app: App, query = ''): Promise<ChangeList> {
  const response = await app.inject(`${CHANGES}?${query}`)
  return response.json<ChangeList>()
}

/** The whole feed behind a place, by going on from `last_seq` until nothing more comes. */
async function walk(app: App, query: string, after = 0): Promise<Change[]> {
  const { items, last_seq } = await page(app, `${query}&after=${after}`)
  return last_seq === app.store.lastSeq ? items : [...items, ...(await walk(app, query, last_seq))]
}

const seqs = (changes: { seq: number }[]) => changes.map(({ seq }) => seq)

const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

/** Ids of offers that are so long that a few polls fill what lies between service and client. */
const longIds = (length: number) =>
  Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(length)}`)

/** Where an app listens. */
const listenOn = (app: App) => app.listen({ host: '127.0.0.1', port: 0 })

/** Listens to the stream of an app until the test is over. */
async function listen(t: Test, app: App, query = '', headers: OutgoingHttpHeaders = {}) {
  return follow(t, await openStream(`${app.listeningOrigin}${STREAM}?${query}`, headers))
}

/** Resolves when a listener has been told all that has happened: a heartbeat comes after that. */
async function caughtUp({ store, changeHub }: App, listener: Listener): Promise<void> {
  await eventually(() => changeHub.position >= store.lastSeq)
  const heard = listener.comments
  await eventually(() => {
    changeHub.beat()
    return listener.comments > heard
  })
}

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
    { seq: 13, at: at(5), type: 'product.deleted', product_id: saw },
  ]
  await listenOn(app)
  return { app, all, mower, saw }
}

t.test('a feed', async (t) => {
  const { app, all, mower, saw } = await startFed(t)

  t.test('has everything that happened, with its figures', async (t) => {
    const response = await app.inject(CHANGES)
    t.equal(response.statusCode, 200)
    t.match(response.headers['content-type'], /^application\/json/)
    t.strictSame(response.json(), { items: all, last_seq: 13 })
    const status = (await app.inject(`${API}/status`)).json<{ last_seq: number }>()
    t.equal(status.last_seq, 13)
  })

  t.test('goes on by last_seq, not by links', async (t) => {
    const response = await app.inject(`${CHANGES}?limit=2`)
    t.strictSame(response.json(), { items: all.slice(0, 2), last_seq: 2 })
    t.equal(response.headers.link, undefined)
  })

  t.test('is read by anyone who has it already without its text', async (t) => {
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
    t.test(`begins behind change ${seq}`, async (t) => {
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
  t.test('has of what is asked for all, and nothing else', async (t) => {
    t.equal(filters.length, 6 + 8, 'all types are there')
    for (const [query, wanted] of filters) {
      await t.test(query, async (t) => {
        const some = all.filter(wanted)
        t.strictSame(await page(app, query), { items: some, last_seq: 13 })
        t.strictSame(await walk(app, `${query}&limit=1`), some)
      })
    }
  })

  t.test('has nothing for one who is ahead of it, but the place where it ends', async (t) => {
    for (const after of [13, 14, 999_999_999_999_999]) {
      t.strictSame(await page(app, `after=${after}`), { items: [], last_seq: 13 })
    }
  })

  const TYPES =
    'product.created, product.updated, product.deleted, product.registered, offer.listed, ' +
    'offer.price_changed, offer.stock_changed, offer.delisted'
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
  t.test('refuses what it does not understand', async (t) => {
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

/** An app that listens, with the timers that it has set, and with what makes changes. */
async function startListening(t: Test, variables: Record<string, string> = {}) {
  const timers = t.capture(globalThis, 'setInterval', setInterval)
  const still = await startStill(t, NOW, variables)
  const { app, add } = still
  await listenOn(app)
  const { token } = await add('Mower', [[NOW, offer('x', 0)]])
  let price = 0

  /** Makes so many changes, all of a price. */
  async function make(count: number): Promise<void> {
    const polls = Array.from({ length: count }, () => {
      price += 1
      return polled(token, [NOW + price, offer('x', price)])
    })
    await app.store.settle(polls)
  }

  return { ...still, make, timers }
}

t.test('a stream', async (t) => {
  const { app, add, make, compact, time, timers } = await startListening(t)
  const { store, changeHub } = app

  t.test('has what happens from now on', async (t) => {
    await make(1)
    const before = store.lastSeq
    const first = await listen(t, app)
    const second = await listen(t, app)
    await make(2)
    await caughtUp(app, first)
    await caughtUp(app, second)
    await make(1)
    for (const listener of [first, second]) {
      await eventually(() => listener.events.length === 3)
      t.strictSame(listener.changes(), (await page(app, `after=${before}`)).items)
    }
  })

  t.test('has of what happens only what is asked for', async (t) => {
    const { id, token } = await add('Saw')
    const other = await add('Hammer')
    const at = `after=${store.lastSeq}`
    const listeners = await Promise.all([
      listen(t, app, `${at}&product_id=${id}`),
      listen(t, app, `${at}&type=offer.listed`),
      listen(t, app, `${at}&type=offer.listed&product_id=${id}`),
      listen(t, app, `${at}&product_id=${UNKNOWN_ID}`),
    ])
    for (const listener of listeners) await caughtUp(app, listener)
    await store.settle([
      polled(token, [NOW, offer('x', 5)]),
      polled(other.token, [NOW, offer('y', 5)]),
      polled(token, [NOW + 1, offer('x', 6)]),
    ])
    for (const listener of listeners) await caughtUp(app, listener)
    t.strictSame(
      listeners.map((listener) =>
        listener.changes().map(({ type, offer_id }) => `${type} ${offer_id}`),
      ),
      [
        ['offer.listed x', 'offer.price_changed x'],
        ['offer.listed x', 'offer.listed y'],
        ['offer.listed x'],
        [],
      ],
    )
  })

  t.test('says every 15 seconds that it is there', async (t) => {
    const listener = await listen(t, app)
    await caughtUp(app, listener)
    const before = listener.comments
    const [beat] = timers().filter(({ args }) => args[1] === HEARTBEAT_MS)
    t.ok(beat)
    beat?.args[0]()
    await eventually(() => listener.comments > before)
    t.strictSame(listener.events, [])
  })

  t.test('is counted among the metrics while it lasts', async (t) => {
    const clients = async () => {
      const { body } = await app.inject('/metrics')
      return Number(/^change_stream_clients (\d+)$/m.exec(body)?.[1])
    }
    await eventually(async () => (await clients()) === 0)
    const listeners = [await listen(t, app), await listen(t, app)]
    t.equal(await clients(), 2)
    for (const { response } of listeners) response.destroy()
    await eventually(async () => (await clients()) === 0)
  })

  t.test('is understood by an EventSource', async (t) => {
    t.capture(process, 'emitWarning') // That it is experimental.
    const source = new EventSource(`${app.listeningOrigin}${STREAM}?after=${store.lastSeq}`)
    t.teardown(() => source.close())
    const heard: { id: string; change: Change }[] = []
    source.addEventListener('offer.price_changed', (event) => {
      if (!(event instanceof MessageEvent)) return
      heard.push({ id: event.lastEventId, change: JSON.parse(event.data) })
    })
    source.addEventListener('message', () => t.fail('a heartbeat is no message'))
    await make(1)
    await eventually(() => heard.length === 1)
    changeHub.beat()
    await make(1)
    await eventually(() => heard.length === 2)
    const { items } = await page(app, `after=${store.lastSeq - 2}`)
    t.strictSame(
      heard,
      items.map((change) => ({ id: String(change.seq), change })),
    )
  })

  t.test('can be resumed by an EventSource that has seen no event yet', async (t) => {
    // It sends back the last `id` that it saw, and without one it would miss what comes meanwhile.
    const { others } = await listen(t, app)
    await eventually(() => others.length)
    t.ok(others.includes(`id: ${store.lastSeq}`), others.join(', '))
  })

  t.test('is broken off, and it is logged, where the changes cannot be read', async (t) => {
    const before = store.lastSeq
    const logged = t.capture(app.log, 'error')
    const listener = await listen(t, app)
    await caughtUp(app, listener)
    const damage = t.capture(store, 'changes', async () => {
      throw new Error('damaged')
    })
    await make(1)
    t.equal(await listener.closed, false)
    damage.restore()
    t.strictSame(listener.events, [])
    t.match(logged().at(0)?.args, [
      { err: { message: 'damaged' } },
      'could not read the changes; streams were ended and clients must resume them',
    ])
    const resumed = await listen(t, app, `after=${before}`)
    await caughtUp(app, resumed)
    t.strictSame(resumed.ids(), [before + 1])
  })

  t.test('that is read too slowly is broken off, and resumes with nothing lost', async (t) => {
    const ids = longIds(4_000)
    const { token } = await add('Saw')
    const before = store.lastSeq
    await eventually(() => changeHub.size === 0)
    const response = await openStream(`${app.listeningOrigin}${STREAM}?after=${before}`)
    let polls = 0
    while (changeHub.size > 0 && polls < 200) {
      polls += 1
      await store.settle([polled(token, [NOW + polls, ...ids.map((id) => offer(id, polls))])])
    }
    t.equal(changeHub.size, 0, 'it is disconnected')

    const slow = follow(t, response)
    t.equal(await slow.closed, false)
    const last = slow.ids().at(-1) ?? before
    t.ok(last < store.lastSeq)
    const resumed = await listen(t, app, '', { 'last-event-id': String(last) })
    await eventually(() => resumed.ids().at(-1) === store.lastSeq)
    t.strictSame([...slow.ids(), ...resumed.ids()], upTo(store.lastSeq, before + 1))
  })

  t.test('that begins where the feed begins no more is refused', async (t) => {
    await make(1)
    time.now = NOW + 60_000 // No change lies in the future, which is kept.
    while (await compact({ rollBefore: 0, rawBefore: 0, changesBefore: NOW + 86_400_000 }));
    const last = store.lastSeq
    const message = `The changes after 1 are gone; those after ${last} are kept`
    for (const url of [`${CHANGES}?after=1`, `${STREAM}?after=1`]) {
      isError(t, await app.inject(url), 410, message, 'CHANGES_COMPACTED')
    }
    const resumed = await app.inject({ url: STREAM, headers: { 'last-event-id': '1' } })
    isError(t, resumed, 410, message, 'CHANGES_COMPACTED')
    t.strictSame(await page(app), { items: [], last_seq: last })
    const listener = await listen(t, app, `after=${last}`)
    await make(1)
    await eventually(() => listener.events.length)
    t.strictSame(listener.ids(), [last + 1])
  })

  t.test('that let nothing through for as long as changes are kept can be resumed', async (t) => {
    const query = `product_id=${UNKNOWN_ID}`
    const began = store.lastSeq
    const listener = await listen(t, app, query)
    await make(3)
    await caughtUp(app, listener)
    t.strictSame(listener.events, [])
    t.equal(listener.others.at(-1), `id: ${began + 3}`)
    while (await compact({ rollBefore: 0, rawBefore: 0, changesBefore: NOW + 86_400_000 }));
    for (const [id, status] of [
      [began, 410],
      [began + 3, 200],
    ] as const) {
      const { response } = await listen(t, app, query, { 'last-event-id': id })
      t.equal(response.statusCode, status, `from ${id}`)
    }
  })
})

t.test('with a token set, a stream wants it', async (t) => {
  const { app } = await startListening(t, { API_TOKEN: 'write', API_READ_TOKEN: 'read' })
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  for (const headers of [{}, bearer('wrong')]) {
    t.equal((await app.inject({ url: STREAM, headers })).statusCode, 401)
    t.equal((await app.inject({ url: CHANGES, headers })).statusCode, 401)
  }
  t.equal(app.changeHub.size, 0)
  for (const token of ['write', 'read']) {
    const listener = await listen(t, app, 'after=0', bearer(token))
    await caughtUp(app, listener)
    t.strictSame(listener.ids(), [1, 2, 3], token)
  }
})

t.test('when the service stops, streams end, and those not read are cut off', async (t) => {
  const { app, add, make } = await startListening(t)
  const ids = longIds(2_000)
  const { token } = await add('Saw')
  const subscribe = t.capture(
    app.changeHub,
    'subscribe',
    app.changeHub.subscribe.bind(app.changeHub),
  )
  const unread = await openStream(`${app.listeningOrigin}${STREAM}`)
  t.teardown(() => unread.destroy())
  const [waiting] = subscribe().flatMap((call) => ('returned' in call ? call.returned : []))
  const isStuck = async () => {
    for (let turn = 0; turn < 20; turn++) await nextTurn()
    return Number(waiting?.readableLength) > 600_000
  }
  // Until what lies between the two is full, and some of what comes waits here.
  for (let poll = 1; poll < 200 && !(await isStuck()); poll++) {
    await app.store.settle([polled(token, [NOW + poll, ...ids.map((id) => offer(id, poll))])])
  }
  t.ok(await isStuck())
  const after = app.store.lastSeq
  const past = await listen(t, app, `after=${after}`)
  const filtered = await listen(t, app, `product_id=${UNKNOWN_ID}`)
  await caughtUp(app, past)
  await caughtUp(app, filtered)
  await make(3)

  const timers = t.capture(globalThis, 'setTimeout', setTimeout)
  const closing = app.close()
  t.strictSame(await Promise.all([past.closed, filtered.closed]), [true, true])
  t.strictSame(past.ids(), upTo(after + 3, after + 1))
  const [grace] = timers().filter(({ args }) => args[1] === CLIENT_GRACE_MS)
  t.ok(grace)
  grace?.args[0]()
  await closing
  t.equal(await follow(t, unread).closed, false)
})
