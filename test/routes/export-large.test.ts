import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Store } from '../../db/store.ts'
import { HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import { toTime } from '../../schemas/to-time.ts'
import type { Trend } from '../../schemas/trend.ts'
import { eventually } from '../helper.ts'
import {
  between,
  exported,
  HEAD,
  iso,
  linesOf,
  ms,
  NOW,
  parse,
  SLOW,
  short,
  URL,
} from './exported.ts'
import { API, type App, offer, type Poll, PRODUCTS, polled, startStill } from './helper.ts'

const PRODUCT_COUNT = 250
const OFFERS = 16

/** An app with 4,000 prices, and the ids and tokens of its products. */
async function startLarge(t: Test) {
  const still = await startStill(t, NOW, SLOW)
  const made = await still.addAll(Array.from({ length: PRODUCT_COUNT }, (_, n) => `Mower ${n}`))
  const offers = Array.from({ length: OFFERS }, (_, n) => offer(`offer ${n}`, n))
  await still.app.store.settle(made.map(({ token }) => polled(token, [ms('20T08:00'), ...offers])))
  return { ...still, made }
}

/** The number of turns of the event loop during some work. */
async function turnsWhile(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let done = false
  const count = async () => {
    for (await setImmediate(); !done; await setImmediate()) turns += 1
  }
  const counted = count()
  await work()
  done = true
  await counted
  return turns
}

/**
 * Pauses an export after its first batch until `open` is called. Counts the batches, and records whether the export
 * has ended.
 */
function holdUp(store: Store) {
  const { prices } = store
  const gate = Promise.withResolvers<void>()
  const state = { batches: 0, ended: false, open: () => gate.resolve() }
  store.prices = async function* (...args) {
    try {
      for await (const batch of prices.apply(store, args)) {
        state.batches += 1
        yield batch
        await gate.promise
      }
    } finally {
      state.ended = true
      store.prices = prices
    }
  }
  return state
}

/**
 * Begins an export over a real connection. Returns the first part, which contains a price, and functions that read
 * the rest or disconnect.
 */
async function begin(app: App, query: string) {
  const controller = new AbortController()
  const response = await fetch(`${app.listeningOrigin}${URL}?${query}`, controller)
  if (!response.body) throw new Error('an answer without a body')
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let first = ''
  while (first.split('\n').length < 3) first += (await reader.read()).value ?? ''
  const rest = async () => {
    let text = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text
      text += value
    }
  }
  return { first, rest, abort: () => controller.abort() }
}

t.test('a large export', async (t) => {
  const { app, made, add, addAll } = await startLarge(t)
  await app.listen({ host: '127.0.0.1', port: 0 })

  await t.test('has each product once, in the order of their creation', async (t) => {
    const rows = await exported(app, '')
    const told = rows.map(({ product_id, offer_id }) => `${product_id} ${offer_id}`)
    const expected = made.flatMap(({ id }) =>
      Array.from({ length: OFFERS }, (_, n) => `${id} offer ${n}`),
    )
    t.equal(told.join('\n'), expected.join('\n'))
  })

  await t.test('has of one product what it has of all', async (t) => {
    const id = made[120]?.id ?? ''
    const all = await exported(app, '')
    t.strictSame(
      await exported(app, `product_id=${id}`),
      all.filter(({ product_id }) => product_id === id),
    )
  })

  await t.test('is sent as it is read, with other requests answered in between', async (t) => {
    const held = holdUp(app.store)
    const { first, rest } = await begin(app, 'format=csv')
    t.ok(first.startsWith(`${HEAD}\r\n`))
    t.equal(held.batches, 1)
    t.equal((await fetch(`${app.listeningOrigin}${API}/status`)).status, 200)
    t.equal(held.ended, false)
    held.open()
    t.equal(linesOf(first + (await rest()), '\r\n').length, 1 + PRODUCT_COUNT * OFFERS)
    t.ok(held.batches >= 4, 'and in small parts')
  })

  await t.test('leaves room for others between its parts', async (t) => {
    t.ok((await turnsWhile(() => app.inject(URL))) >= 4)
  })

  await t.test('is not read on when the client has gone', async (t) => {
    const held = holdUp(app.store)
    const closed = new Promise((resolve) => {
      app.server.once('request', (_request, response) => response.once('close', resolve))
    })
    const { abort, rest } = await begin(app, 'format=csv')
    const gone = t.rejects(rest())
    abort()
    await Promise.all([gone, closed])
    await setImmediate()
    held.open()
    await eventually(() => held.ended)
    t.ok(held.batches <= 2, `${held.batches} batches`)
  })

  await t.test('is cut off if it fails, so that no client takes it for complete', async (t) => {
    const { prices } = app.store
    app.store.prices = async function* (...args) {
      for await (const batch of prices.apply(app.store, args)) {
        yield batch
        throw new Error('disk I/O error')
      }
    }
    t.teardown(() => {
      app.store.prices = prices
    })
    const response = await fetch(`${app.listeningOrigin}${URL}`)
    t.equal(response.status, 200)
    await t.rejects(response.text())
  })

  await t.test('continues if a product is deleted meanwhile', async (t) => {
    const held = holdUp(app.store)
    const { first, rest } = await begin(app, 'format=ndjson')
    await app.store.deleteProduct(made[200]?.id ?? '')
    held.open()
    const rows = parse(first + (await rest()))
    t.equal(rows.length, (PRODUCT_COUNT - 1) * OFFERS)
  })

  await t.test('names every offer, also one that is listed meanwhile', async (t) => {
    const many = Array.from({ length: 1500 }, (_, n) => offer(`offer ${n}`, n))
    const { id, token } = await add('Wide', [[ms('20T08:00'), ...many]])
    const held = holdUp(app.store)
    const { first, rest } = await begin(app, `${between(id, '20T00:00', '22T08:00')}&format=ndjson`)
    await app.store.settle([polled(token, [NOW, ...many, offer('late', 1)])])
    held.open()
    const rows = parse(first + (await rest()))
    t.strictSame(
      rows.filter(({ offer_id }) => offer_id === null),
      [],
    )
    t.ok(rows.length >= 1500)
  })

  await t.test('leaves room for other requests if there is little to export', async (t) => {
    await addAll(Array.from({ length: 1000 }, () => 'Never polled'))
    const turns = await turnsWhile(() => app.inject(`${URL}?to=2020-01-01T00:00:00Z`))
    t.ok(turns >= 3, `${turns} turns`)
  })
})

t.test('what is older than the raw history is kept', async (t) => {
  const { app, add, compact } = await startStill(t, NOW, SLOW)
  const busy = ms('02T06:00')
  const { id } = await add('Old', [
    [ms('01T01:10'), offer('x', 100)],
    [ms('01T02:01'), offer('x', 80), offer('y', 5, 7)],
    [ms('01T02:30'), offer('x', 90), offer('y', 5, 7)],
    [ms('01T05:01'), offer('x', 90)],
    [ms('01T08:01')],
    // Too large for the last chunk, which is kept because it has the current state.
    ...Array.from({ length: 400 }, (_, n): Poll => {
      return [busy + n * MINUTE_MS, offer('z', 100 + ((n * 7) % 13))]
    }),
  ])
  const everything = between(id, '01T00:00', '22T08:00')
  const trends = ['x', 'y', 'z'].map(
    (offerId) => `${PRODUCTS}/${id}/offers/${offerId}/trend?from=${iso('01T00:00')}`,
  )
  const figures = async () => {
    const answers = await Promise.all(trends.map((url) => app.inject(url)))
    return answers.map((answer) => {
      const { change, low, high, mean } = answer.json<Trend>()
      return { change, low, high, mean }
    })
  }
  const before = await exported(app, everything)
  const figuresBefore = await figures()
  while (await compact({ rollBefore: ms('20T00:00'), rawBefore: NOW, changesBefore: 0 }));
  const after = await exported(app, everything)
  const firstRaw = after.findIndex(({ event }) => event === 'changed')

  await t.test('comes as hours, offer by offer', async (t) => {
    const hours = after.slice(0, firstRaw).filter(({ event }) => event !== 'gap')
    t.strictSame(hours.filter(({ offer_id }) => offer_id !== 'z').map(short), [
      ['hour', 'x', '01T01:00', 100, 1],
      ['hour', 'x', '01T02:00', 90, 1],
      ['hour', 'x', '01T08:00', null, null],
      ['hour', 'y', '01T02:00', 5, 7],
      ['hour', 'y', '01T05:00', null, null],
    ])
    const ofZ = hours.slice(5)
    t.ok(ofZ.length > 0)
    for (const [index, { at, offer_id, event, price }] of ofZ.entries()) {
      const begin = busy + index * HOUR_MS
      t.strictSame([offer_id, event, at], ['z', 'hour', toTime(begin)])
      const last = before.findLast(
        (row) => row.offer_id === 'z' && row.at < toTime(begin + HOUR_MS),
      )
      if (index < ofZ.length - 1) t.equal(price, last?.price)
    }
  })

  await t.test('is followed by what is newer, as it was', async (t) => {
    const raw = after.slice(firstRaw)
    t.ok(raw.length > 0)
    t.ok(raw.length < 400)
    t.strictSame(raw, before.slice(-raw.length))
  })

  await t.test('begins with what was in force, also within it', async (t) => {
    const rows = await exported(app, between(id, '01T03:20', '01T06:00'))
    t.strictSame(
      rows.map(short).filter(([event]) => event !== 'gap'),
      [
        ['in_force', 'x', '01T03:20', 90, 1],
        ['in_force', 'y', '01T03:20', 5, 7],
        ['hour', 'y', '01T05:00', null, null],
      ],
    )
  })

  for (const early of [0, 1, 2]) {
    await t.test(`says once what was in force ${early} ms before the first change`, async (t) => {
      const from = toTime(Date.parse(after[firstRaw]?.at ?? '') - early)
      const rows = await exported(app, `product_id=${id}&from=${from}`)
      t.strictSame(
        rows.filter(({ event }) => event === 'in_force').map(({ offer_id, at }) => [offer_id, at]),
        [['z', from]],
      )
    })
  }

  await t.test('gives the same figures in trends', async (t) => {
    const figuresAfter = await figures()
    for (const [index, { change, low, high, mean }] of figuresAfter.entries()) {
      t.match(figuresBefore[index], { change, low, high })
      t.ok(Math.abs(Number(mean) - Number(figuresBefore[index]?.mean)) < 1)
    }
  })
})
