import t from 'tap'
import {
  fromLocalInput,
  lengthOf,
  queryOf,
  type Range,
  rangeOf,
  toLocalInput,
  trendQuery,
} from '../../web/product/range.ts'

const NOW = Date.UTC(2026, 4, 20, 12, 30, 45, 678)
const FROM = Date.UTC(2026, 4, 1)
const TO = Date.UTC(2026, 4, 2)

const custom = (from: number, to?: number): Range => ({ name: 'custom', from, to })

const addresses: [address: string, range: Range][] = [
  ['range=1h', { name: '1h' }],
  ['range=24h', { name: '24h' }],
  ['range=7d', { name: '7d' }],
  ['range=30d', { name: '30d' }],
  ['range=1y', { name: '1y' }],
  ['range=all', { name: 'all' }],
  ['from=2026-05-01T00%3A00%3A00.000Z&to=2026-05-02T00%3A00%3A00.000Z', custom(FROM, TO)],
  ['from=2026-05-01T00%3A00%3A00.000Z', custom(FROM)],
]
for (const [address, range] of addresses) {
  t.test(`${address} is the address of a range, and comes of it`, async (t) => {
    t.strictSame(rangeOf(new URLSearchParams(address)), range)
    const entries = Object.entries(queryOf(range)).filter(([, value]) => value !== undefined)
    t.equal(new URLSearchParams(entries as [string, string][]).toString(), address)
  })
}

for (const address of [
  '',
  'range=2w',
  'range=toString',
  'from=soon',
  'to=2026-05-02',
  'from=2026-05-02&to=2026-05-01',
  'from=2026-05-02&to=soon',
]) {
  t.test(`an address with ${address || 'nothing'} is one of the last 24 hours`, async (t) => {
    t.strictSame(rangeOf(new URLSearchParams(address)), { name: '24h' })
  })
}

const LONG_AGO = 0
const TEN_MINUTES_AGO = NOW - 600_000
const queries: [what: string, range: Range, since: number, query: Record<string, string>][] = [
  ['1 hour', { name: '1h' }, LONG_AGO, { from: '2026-05-20T11:30:00.000Z', interval: 'raw' }],
  ['24 hours', { name: '24h' }, LONG_AGO, { from: '2026-05-19T12:30:00.000Z', interval: 'auto' }],
  ['7 days', { name: '7d' }, LONG_AGO, { from: '2026-05-13T12:30:00.000Z', interval: 'auto' }],
  ['30 days', { name: '30d' }, LONG_AGO, { from: '2026-04-20T12:30:00.000Z', interval: 'auto' }],
  ['a year', { name: '1y' }, LONG_AGO, { from: '2025-05-20T12:30:00.000Z', interval: 'auto' }],
  [
    'a year of what is there for ten minutes',
    { name: '1y' },
    TEN_MINUTES_AGO,
    { from: '2026-05-20T12:20:45.678Z', interval: 'raw' },
  ],
  [
    'all since the creation',
    { name: 'all' },
    FROM,
    { from: '2026-05-01T00:00:00.000Z', interval: 'auto' },
  ],
  [
    'all of what is there since tomorrow, by a clock that was put back',
    { name: 'all' },
    NOW + 86_400_000,
    { from: '2025-05-20T12:30:00.000Z', interval: 'auto' },
  ],
  [
    'an hour of what is there since tomorrow, by a clock that was put back',
    { name: '1h' },
    NOW + 86_400_000,
    { from: '2026-05-20T11:30:00.000Z', interval: 'raw' },
  ],
  [
    'a custom range that begins before that',
    custom(FROM),
    TEN_MINUTES_AGO,
    { from: '2026-05-01T00:00:00.000Z', interval: 'auto' },
  ],
  [
    'a custom range with an end',
    custom(FROM, TO),
    LONG_AGO,
    { from: '2026-05-01T00:00:00.000Z', to: '2026-05-02T00:00:00.000Z', interval: 'auto' },
  ],
  [
    'a custom range of an hour',
    custom(FROM, FROM + 3_600_000),
    LONG_AGO,
    { from: '2026-05-01T00:00:00.000Z', to: '2026-05-01T01:00:00.000Z', interval: 'raw' },
  ],
  [
    'a custom range up to now of less than an hour',
    custom(NOW - 60_000),
    LONG_AGO,
    { from: '2026-05-20T12:29:45.678Z', interval: 'raw' },
  ],
]
for (const [what, range, since, query] of queries) {
  t.test(`the trend of ${what} is asked for`, async (t) => {
    t.strictSame(Object.fromEntries(new URLSearchParams(trendQuery(range, NOW, since))), query)
  })
}

t.test(
  'a custom range has its own length, another one that of the window that is shown',
  async (t) => {
    const drawn = { from: NOW - 7000, to: NOW }
    t.equal(lengthOf(custom(FROM, FROM + 10), drawn, NOW), 10)
    t.equal(lengthOf(custom(NOW - 20), drawn, NOW), 20, 'up to now')
    t.equal(lengthOf({ name: '24h' }, drawn, NOW), 7000)
  },
)

for (const [zone, text] of [
  ['UTC', '2026-05-20T12:30'],
  ['Europe/Prague', '2026-05-20T14:30'],
  ['Asia/Kolkata', '2026-05-20T18:00'],
  ['America/St_Johns', '2026-05-20T10:00'],
] as const) {
  t.test(`a moment is entered in the local time of ${zone}`, async (t) => {
    const before = process.env.TZ
    process.env.TZ = zone
    t.teardown(() => {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    })
    t.equal(toLocalInput(NOW), text)
    t.equal(fromLocalInput(text), Date.UTC(2026, 4, 20, 12, 30))
  })
}

t.test('an input that is not finished is no moment', async (t) => {
  t.equal(fromLocalInput(''), undefined)
  t.equal(fromLocalInput('2026-05-xxT'), undefined)
})
