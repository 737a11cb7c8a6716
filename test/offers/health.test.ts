import t from 'tap'
import { HealthRecord } from '../../offers/health.ts'
import { MINUTE, NOW, SECOND, stoppedClock } from './clock.ts'

const message = 'The Offers service answered 500'
const productId = '019aa9f0-5c00-7000-8000-000000000001'

function start() {
  const time = stoppedClock()
  const record = new HealthRecord(time.clock)
  /** A call after this many ms by the clock. */
  function called(ms: number, ok: boolean): void {
    time.now += ms
    if (ok) record.succeeded()
    else record.failed(message, productId)
  }
  return { time, record, called }
}

t.test('before the first call there is nothing', async (t) => {
  t.same(start().record.health, { lastSuccessAt: null, lastError: null })
})

t.test('the last success and the last failure are remembered', async (t) => {
  const { record, called } = start()
  called(0, true)
  called(SECOND, false)
  called(SECOND, true)
  t.same(record.health, {
    lastSuccessAt: NOW + 2 * SECOND,
    lastError: { at: NOW + SECOND, message, productId },
  })
})

const PUT_BACK: [calls: boolean[], lastSuccessAt: number | null, failedAt: number | null][] = [
  [[true], -1, null],
  [[false], null, -1],
  [[true, false], -1 - SECOND, -1],
  [[false, true], -1, -1 - SECOND],
]
for (const [calls, lastSuccessAt, failedAt] of PUT_BACK) {
  const order = calls.map((ok) => (ok ? 'a success' : 'a failure')).join(' and ')
  t.test(`${order} before the clock is put back happened just now`, async (t) => {
    const { time, record, called } = start()
    for (const ok of calls) called(SECOND, ok)
    time.now -= 60 * MINUTE
    const at = (ms: number | null) => (ms === null ? null : time.now + ms)
    t.same(record.health, {
      lastSuccessAt: at(lastSuccessAt),
      lastError: failedAt === null ? null : { at: at(failedAt), message, productId },
    })
  })
}

for (const ok of [true, false]) {
  t.test(`what happens after the clock was put back is the latest: ${ok}`, async (t) => {
    const { record, called } = start()
    called(0, !ok)
    called(-60 * MINUTE, ok)
    const { lastSuccessAt, lastError } = record.health
    t.equal(Number(lastSuccessAt) > Number(lastError?.at), ok)
  })
}
