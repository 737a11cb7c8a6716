import t from 'tap'
import type { OffersFault } from '../../offers/errors.ts'
import { RetryWait } from '../../offers/retry-wait.ts'
import { MINUTE } from './clock.ts'

type Result = 'ok' | OffersFault

const waits: [name: string, before: Result[], failures: number, fault: OffersFault, ms: number][] =
  [
    ['a first failure', [], 1, 'unavailable', 1500],
    ['a second failure', [], 2, 'unavailable', 3000],
    ['many failures', [], 20, 'unavailable', 225_000],
    ['many failures, of which others have some, too', ['unavailable'], 1, 'unavailable', 1500],
    ['one call that is refused', ['ok'], 1, 'unauthorized', 1500],
    ['the second call in a row that is refused', ['ok', 'unauthorized'], 1, 'unauthorized', MINUTE],
    ['one that is refused long since', ['unauthorized'], 20, 'unauthorized', 225_000],
    ['one that is refused after one that was not', ['unauthorized', 'ok'], 1, 'unauthorized', 1500],
    ['one that is refused after a pause', ['unauthorized', 'paused'], 1, 'unauthorized', MINUTE],
  ]
for (const [name, before, failures, fault, ms] of waits) {
  t.test(`the wait after ${name}`, async (t) => {
    const wait = new RetryWait({ intervalMs: MINUTE, random: () => 0.5 })
    for (const result of before) wait.ended(result)
    wait.ended(fault)
    t.equal(wait.ms(failures, fault, 5 * MINUTE), ms)
  })
}

t.test('no wait is longer than it may be', async (t) => {
  const wait = new RetryWait({ intervalMs: 60 * MINUTE, random: () => 0.5 })
  for (let n = 0; n < 2; n++) wait.ended('unauthorized')
  t.equal(wait.ms(1, 'unauthorized', 5 * MINUTE), 5 * MINUTE)
})
