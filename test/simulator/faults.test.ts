import { Value } from '@sinclair/typebox/value'
import t from 'tap'
import { WireOffers } from '../../offers/protocol.ts'
import {
  createFaults,
  type Fault,
  type FaultSettings,
  MALFORMED,
  noFaults,
} from '../../simulator/faults.ts'

const NONE = { latency_ms: 0 }

function draws(settings: Partial<FaultSettings>, count: number, seed = 1): Fault[] {
  const faults = createFaults(seed)
  Object.assign(faults.settings, settings)
  return Array.from({ length: count }, () => faults.draw('offers'))
}

t.test('no fault is applied at the start', async (t) => {
  for (const fault of draws({}, 100)) t.same(fault, NONE)
})

const certain: [string, Partial<FaultSettings>, Fault][] = [
  ['latency', { latency_ms: 5 }, { latency_ms: 5 }],
  ['unauthorized', { unauthorized: true }, { ...NONE, status: 401 }],
  ['redirect', { redirect_to: 'http://x/' }, { ...NONE, status: 307, location: 'http://x/' }],
  ['reset', { reset_rate: 1 }, { ...NONE, reset: 'request' }],
  ['reset of the answer', { reset_rate: 1, reset_point: 'answer' }, { ...NONE, reset: 'answer' }],
  ['hang', { hang_rate: 1 }, { ...NONE, hang: true }],
  ['error', { error_rate: 1 }, { ...NONE, status: 503 }],
  [
    'error with a time to wait',
    { error_rate: 1, error_status: 429, retry_after: '7' },
    { ...NONE, status: 429, retry_after: '7' },
  ],
  ['a fault for another call', { error_rate: 1, calls: ['auth'] }, NONE],
  ['latency for another call', { latency_ms: 5, calls: ['auth'] }, { latency_ms: 5 }],
]
for (const [name, settings, expected] of certain) {
  t.test(`draws ${name}`, async (t) => {
    for (const fault of draws(settings, 10)) t.same(fault, expected)
  })
}

t.test('auth is left alone while every call is unauthorized', async (t) => {
  const faults = createFaults(1)
  faults.settings.unauthorized = true
  t.same(faults.draw('auth'), NONE)
  t.same(faults.draw('register'), { ...NONE, status: 401 })
})

t.test('what is next comes first, once each, with the latency of all or its own', async (t) => {
  const next = [{ status: 500 }, {}, { latency_ms: 9, hang: true }]
  t.same(draws({ next, latency_ms: 5, error_rate: 1 }, 4), [
    { latency_ms: 5, status: 500 },
    { latency_ms: 5 },
    { latency_ms: 9, hang: true },
    { latency_ms: 5, status: 503 },
  ])
})

t.test('faults come at their rates', async (t) => {
  const rates = { reset_rate: 0.1, hang_rate: 0.2, error_rate: 0.3, malformed_rate: 0.2 }
  const drawn = draws(rates, 10_000)
  const share = (has: (fault: Fault) => boolean) => drawn.filter(has).length / drawn.length
  const expected: [string, number, number][] = [
    ['reset', share(({ reset }) => reset !== undefined), 0.1],
    ['hang', share(({ hang }) => hang === true), 0.2],
    ['error', share(({ status }) => status === 503), 0.3],
    ['malformed', share(({ body }) => body !== undefined), 0.2],
  ]
  for (const [name, is, rate] of expected) t.ok(Math.abs(is - rate) < 0.02, `${name}: ${is}`)
})

t.test('the seed decides which requests faults are applied to', async (t) => {
  const rates = { error_rate: 0.3, malformed_rate: 0.3 }
  t.same(draws(rates, 100), draws(rates, 100))
  t.notSame(draws(rates, 100), draws(rates, 100, 2))
})

t.test('every malformed answer is drawn', async (t) => {
  const bodies = new Set(draws({ malformed_rate: 1 }, 1000).map(({ body }) => body))
  t.same(bodies, new Set(MALFORMED))
})

for (const body of MALFORMED) {
  t.test(`${JSON.stringify(body)} is no answer of the protocol`, async (t) => {
    const parses = () => Value.Check(WireOffers, JSON.parse(body))
    try {
      t.equal(parses(), false)
    } catch (error) {
      t.type(error, SyntaxError)
    }
  })
}

t.test('a reset ends all faults and starts the draws again', async (t) => {
  const faults = createFaults(1)
  const tenDraws = () => {
    faults.settings.error_rate = 0.5
    return Array.from({ length: 10 }, () => faults.draw('offers'))
  }
  const before = tenDraws()
  faults.products.set('p', { hang: true })
  faults.settings.next.push({ hang: true })
  faults.reset()
  t.equal(faults.products.size, 0)
  t.same(faults.settings, noFaults())
  t.same(tenDraws(), before)
})
