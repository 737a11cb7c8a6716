import type { DeliveryState } from '../../db/store.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import { backoff } from '../../offers/backoff.ts'
import { retryAfterMs } from '../../offers/transport.ts'
import type { Attempt } from './sender.ts'

/** How long to wait after a failure: about a second after the first, doubled each time up to the limit. */
const BASE_MS = 500
const LONGEST_BACKOFF_MS = 15 * MINUTE_MS

/** The longest wait that a receiver can ask for. */
const LONGEST_WAIT_MS = HOUR_MS

/** How long attempts may fail until the webhook is disabled. */
const GIVE_UP_MS = 3 * DAY_MS

/** Whether a message that failed is to be sent again. A time too far ahead was set before the clock was put back. */
export function isDue({ nextAttemptAt }: DeliveryState, now: number): boolean {
  return nextAttemptAt === null || now >= nextAttemptAt || nextAttemptAt - now > LONGEST_WAIT_MS
}

/** What a delivery makes of the state; `lastSeq` is the last change in the message. */
export function succeeded(state: DeliveryState, attempt: Attempt, lastSeq: number): DeliveryState {
  return {
    ...{ ...state, cursor: lastSeq, pending: null, lastStatus: attempt.status, lastError: null },
    ...{ failures: 0, failingSince: null, nextAttemptAt: null },
  }
}

/** What a failure makes of the state. */
export function failed(
  state: DeliveryState,
  attempt: Attempt,
  { now, random }: { now: number; random: () => number },
): DeliveryState {
  const failures = state.failures + 1
  const late = now - (state.nextAttemptAt ?? now)
  // Nothing was tried in that time: the service was down, or the clock was put ahead.
  const untried = late > LONGEST_WAIT_MS ? late : 0
  // Where the clock was put back, it is not known since when it fails.
  const failingSince = Math.min((state.failingSince ?? now) + untried, now)
  const result = { failures, failingSince, lastStatus: attempt.status, lastError: attempt.error }
  if (attempt.status === 410) {
    return disabled({ ...state, ...result }, `${attempt.error}, which ends the deliveries`)
  }
  if (now - failingSince >= GIVE_UP_MS) {
    return disabled(
      { ...state, ...result },
      `Every attempt failed for three days: ${attempt.error}`,
    )
  }
  const wait = backoff(failures, { baseMs: BASE_MS, capMs: LONGEST_BACKOFF_MS, random })
  const asked = retryAfterMs(attempt, now) ?? 0
  const nextAttemptAt = now + Math.min(Math.max(wait, asked), LONGEST_WAIT_MS)
  return { ...state, ...result, nextAttemptAt }
}

/** The state of a webhook that gets no more deliveries until a client enables it. */
export function disabled(state: DeliveryState, why: string): DeliveryState {
  return { ...state, enabled: false, nextAttemptAt: null, lastError: why }
}
