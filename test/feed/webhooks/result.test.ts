import t from 'tap'
import type { DeliveryState } from '../../../db/store.ts'
import { disabled, failed, isDue, succeeded } from '../../../feed/webhooks/result.ts'
import type { Attempt } from '../../../feed/webhooks/sender.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../history/time.ts'

const NEW: DeliveryState = {
  ...{ cursor: 7, pending: 9, enabled: true, failures: 0, failingSince: null },
  ...{ lastStatus: null, lastError: null, nextAttemptAt: null },
}
const NOW = Date.parse('2026-11-29T12:00:00Z')

const answered = (status: number | null, retryAfter?: string, date?: string): Attempt => ({
  ...{ status, error: `The receiver answered ${status}`, retryAfter, date },
})

/** What an attempt that fails makes of the state, with half of the jitter. */
const fail = (state: DeliveryState, attempt = answered(500), now = NOW) =>
  failed(state, attempt, { now, random: () => 0.5 })

const waitOf = (state: DeliveryState, now = NOW) => Number(state.nextAttemptAt) - now

t.test('a success ends the failures, and moves the position', async (t) => {
  const state = { ...NEW, failures: 3, failingSince: 1, lastError: 'It failed', nextAttemptAt: 5 }
  const attempt = { ...answered(204), error: null }
  t.strictSame(succeeded(state, attempt, 9), {
    ...{ cursor: 9, pending: null, enabled: true, failures: 0, failingSince: null },
    ...{ lastStatus: 204, lastError: null, nextAttemptAt: null },
  })
})

t.test('a failure keeps the position, and says what it was and when to try again', async (t) => {
  t.strictSame(fail(NEW), {
    ...{ cursor: 7, pending: 9, enabled: true, failures: 1, failingSince: NOW },
    ...{ lastStatus: 500, lastError: 'The receiver answered 500', nextAttemptAt: NOW + 750 },
  })
})

t.test('the waits double up to a quarter of an hour, half of which is random', async (t) => {
  const waits = (random: number) =>
    [0, 1, 2, 9, 10, 11, 1_000].map((failures) => {
      const state = { ...NEW, failures }
      return waitOf(failed(state, answered(null), { now: NOW, random: () => random }))
    })
  t.same(waits(0), [500, 1_000, 2_000, 256_000, 450_000, 450_000, 450_000])
  t.same(waits(1), [1_000, 2_000, 4_000, 512_000, 900_000, 900_000, 900_000])
})

const ASKED: [retryAfter: string | undefined, date: string | undefined, wait: number][] = [
  [undefined, undefined, 750],
  ['120', undefined, 2 * MINUTE_MS],
  ['0', undefined, 750],
  ['-5', undefined, 750],
  ['soon', undefined, 750],
  ['86400', undefined, HOUR_MS],
  ['9'.repeat(400), undefined, HOUR_MS],
  ['Sun, 29 Nov 2026 12:05:00 GMT', undefined, 5 * MINUTE_MS],
  ['Sun, 29 Nov 2026 11:00:00 GMT', undefined, 750],
  ['Mon, 30 Nov 2026 12:05:00 GMT', 'Mon, 30 Nov 2026 12:04:00 GMT', MINUTE_MS],
]

for (const status of [429, 500, 503]) {
  for (const [retryAfter, date, wait] of ASKED) {
    t.test(`${status} with Retry-After ${retryAfter?.slice(0, 40)} at ${date}`, async (t) => {
      t.equal(waitOf(fail(NEW, answered(status, retryAfter, date))), wait)
    })
  }
}

t.test('an answer of 410 ends the deliveries', async (t) => {
  t.match(fail(NEW, answered(410, '60')), {
    ...{ cursor: 7, pending: 9, enabled: false, failures: 1, lastStatus: 410, nextAttemptAt: null },
    lastError: 'The receiver answered 410, which ends the deliveries',
  })
})

t.test('deliveries to a receiver that fails for three days end', async (t) => {
  let state = NEW
  let now = NOW
  while (state.enabled) {
    state = fail(state, answered(500), now)
    if (state.nextAttemptAt !== null) now = state.nextAttemptAt
  }
  t.ok(now - NOW >= 3 * DAY_MS)
  t.ok(now - NOW < 3 * DAY_MS + 15 * MINUTE_MS)
  t.match(state, {
    ...{ cursor: 7, pending: 9, nextAttemptAt: null },
    lastError: 'Every attempt failed for three days: The receiver answered 500',
  })
})

t.test('a clock that jumps ahead by days does not give a receiver up', async (t) => {
  const first = fail(NEW)
  t.equal(fail(first, answered(500), NOW + 30 * DAY_MS).enabled, true)
})

// One failure while the clock was ahead used to be enough after a day of failures.
t.test('a receiver is not given up for a time in which nothing was tried', async (t) => {
  const day = { ...NEW, failures: 100, failingSince: NOW - DAY_MS, nextAttemptAt: NOW }
  const ahead = fail(day, answered(500), NOW + 2 * DAY_MS)
  t.match(ahead, { enabled: true, failingSince: NOW + DAY_MS })
  t.match(fail(ahead, answered(500), NOW), { enabled: true, failingSince: NOW })
})

t.test('a clock that is put back does not give a receiver up early', async (t) => {
  const many = { ...NEW, failures: 100, failingSince: NOW }
  const back = fail(many, answered(500), NOW - 5 * DAY_MS)
  t.equal(back.failingSince, NOW - 5 * DAY_MS)
  t.equal(fail(back, answered(500), NOW - 4 * DAY_MS).enabled, true)
})

t.test('an attempt is due at its time, and after a clock was put back', async (t) => {
  const at = (nextAttemptAt: number | null) => isDue({ ...NEW, nextAttemptAt }, NOW)
  t.equal(at(null), true)
  t.equal(at(NOW), true)
  t.equal(at(NOW - 1), true)
  t.equal(at(NOW + 1), false)
  t.equal(at(NOW + HOUR_MS), false)
  t.equal(at(NOW + HOUR_MS + 1), true, 'it cannot have been set so far ahead')
})

t.test('a webhook is disabled where it is', async (t) => {
  t.match(disabled({ ...NEW, failures: 2, nextAttemptAt: 5 }, 'It was too far behind'), {
    ...{ cursor: 7, pending: 9, enabled: false, failures: 2, nextAttemptAt: null },
    lastError: 'It was too far behind',
  })
})
