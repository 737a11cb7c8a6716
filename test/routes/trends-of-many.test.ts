import t from 'tap'
import { HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import type { TrendList } from '../../schemas/trend.ts'
import { API, isError, offer, type Poll, UNKNOWN_ID } from './helper.ts'
import { iso, ms, startTrends } from './trend-reader.ts'

const { app, add, mower, trendOf } = await startTrends(t)
const saw = await add('Saw', [[ms('22T00:00'), offer('c', 7, 2)]])
const never = await add('Never polled')

const post = (payload: object) => app.inject({ method: 'POST', url: `${API}/trends`, payload })

const windows: [what: string, window: Record<string, string>][] = [
  ['the last day', {}],
  ['a window', { from: iso('21T12:00'), to: iso('22T03:00') }],
  ['hours', { interval: '1h' }],
  ['minutes of a window', { from: iso('22T01:00'), to: iso('22T03:00'), interval: '1m' }],
  ['buckets of a length that suits', { interval: 'auto' }],
]
for (const [what, window] of windows) {
  t.test(`the trends of several products are those of each: ${what}`, async (t) => {
    const ids = [saw.id, mower.id, never.id]
    const response = await post({ ids, ...window })
    t.equal(response.statusCode, 200)
    t.match(response.headers['content-type'], /^application\/json/)
    const query = new URLSearchParams(window)
    const each = await Promise.all(ids.map((id) => trendOf(`${id}/trend?${query}`)))
    t.strictSame(response.json(), { items: each, missing: [] })
  })
}

t.test('unknown ids are named', async (t) => {
  const { items, missing } = (await post({ ids: [UNKNOWN_ID, saw.id] })).json<TrendList>()
  t.strictSame(
    items.map(({ product_id }) => product_id),
    [saw.id],
  )
  t.strictSame(missing, [UNKNOWN_ID])
  t.strictSame((await post({ ids: [UNKNOWN_ID] })).json(), { items: [], missing: [UNKNOWN_ID] })
})

t.test('100 products are answered in turns, between which other requests get theirs', async (t) => {
  let turns = 0
  let done = false
  const answer = post({ ids: Array.from({ length: 100 }, () => saw.id) }).finally(() => {
    done = true
  })
  while (!done) {
    await new Promise((resolve) => setImmediate(resolve))
    turns += 1
  }
  t.equal((await answer).json<TrendList>().items.length, 100)
  t.ok(turns >= 100)
})

t.test('more than 20,000 points in all are refused', async (t) => {
  const polls = Array.from({ length: 60 }, (_, minute): Poll => {
    return [ms('22T04:00') + minute * MINUTE_MS, offer('a', 100 + (minute % 2))]
  })
  const { id } = await add('Lively', polls)
  const ids = Array.from({ length: 100 }, () => id)
  const window = (hours: number) => ({
    from: iso('22T04:00'),
    to: new Date(ms('22T04:00') + hours * HOUR_MS).toISOString(),
    interval: '1m',
  })
  t.equal((await post({ ids, ...window(3) })).statusCode, 200)
  const refused = await post({ ids, ...window(3.5) })
  isError(t, refused, 400, /more than 20000 points in all.* longer interval/, 'TOO_MANY_POINTS')
})

const bad: [what: string, payload: object, message: RegExp][] = [
  ['no ids', {}, /ids/],
  ['an empty list of ids', { ids: [] }, /ids/],
  ['101 ids', { ids: Array.from({ length: 101 }, () => UNKNOWN_ID) }, /ids/],
  ['an id that is none', { ids: ['nope'] }, /UUID/],
  ['an id that is a number', { ids: [5] }, /ids/],
  ['an unknown interval', { ids: [UNKNOWN_ID], interval: '2h' }, /interval/],
  ['a time without a zone', { ids: [UNKNOWN_ID], from: '2026-11-22T08:00:00' }, /from/],
  ['an unknown property', { ids: [UNKNOWN_ID], limit: 5 }, /limit/],
  [
    'a window that ends before it begins',
    { ids: [UNKNOWN_ID], from: iso('22T01:00'), to: iso('22T00:00') },
    /^The property from must not be after to$/,
  ],
]
for (const [what, payload, message] of bad) {
  t.test(`a request with ${what} is refused`, async (t) => {
    isError(t, await post(payload), 400, message)
  })
}
