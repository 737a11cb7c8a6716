import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Test } from 'tap'
import { eventOf } from '../../feed/event.ts'
import { ChangeHub, type Feed } from '../../feed/hub.ts'
import type { ChangeFilter, Subscription } from '../../feed/subscription.ts'
import type { Change } from '../../schemas/change.ts'
import { eventually } from '../helper.ts'
import { EventParser } from '../routes/event-stream.ts'

export const MIB = 1024 * 1024
export const AT = '2026-11-22T08:00:00.000Z'

export const change = (seq: number, more: Partial<Change> = {}): Change => ({
  seq,
  at: AT,
  type: 'offer.price_changed',
  product_id: 'a',
  ...more,
})

/** A change whose event has this many bytes. */
export function sized(seq: number, bytes: number): Change {
  const bare = Buffer.byteLength(eventOf(change(seq, { offer_id: '' })))
  return change(seq, { offer_id: 'x'.repeat(bytes - bare) })
}

/** What is read at once goes on in the same turn of the event loop, or in the next one. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await nextTurn()
}

export const feedOf = (count: number, bytes = 200): Change[] =>
  Array.from({ length: count }, (_, index) => sized(index + 1, bytes))

/** Keeps what a subscription gives, until the test is over. */
export function heard(t: Test, subscription: Subscription) {
  t.teardown(() => subscription.destroy())
  const parser = new EventParser()
  const seqs: number[] = []
  const end = { ended: false, error: undefined as Error | undefined }
  subscription.setEncoding('utf8')
  subscription.on('data', (text: string) => {
    seqs.push(...parser.take(text).map(({ id }) => Number(id)))
  })
  subscription.on('end', () => {
    end.ended = true
  })
  subscription.on('error', (error) => {
    end.error = error
  })
  return { seqs, parser, end }
}

export const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

/** A hub of its own for one test. */
export function startHub(t: Test, store: Feed) {
  const errors: unknown[] = []
  const time = { now: 0 }
  const onError = (error: unknown) => errors.push(error)
  const hub = new ChangeHub({ store, onError, now: () => time.now })
  t.teardown(() => hub.close())
  return { hub, errors, time }
}

/** A live subscription of a hub. */
export async function live(t: Test, hub: ChangeHub, filter: ChangeFilter = {}) {
  const subscription = hub.subscribe(filter)
  const told = heard(t, subscription)
  await eventually(() => {
    hub.sendHeartbeats()
    return told.parser.comments > 0
  })
  return { subscription, ...told }
}
