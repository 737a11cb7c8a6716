import type { Outcome, Store } from '../../../db/store.ts'
import { DOWN } from '../../helper.ts'

/** The outcomes of work under a token, in a test that begins at `start`. Times are in ms after that. */
export type Outcomes = (token: string, start: number) => Outcome[]

export const registrationFailed =
  (ms: number, dueMs: number): Outcomes =>
  (token, start) => [
    { type: 'registration-failed', token, at: start + ms, dueAt: start + dueMs, ...DOWN },
  ]

export const pollFailed =
  (type: 'refresh-failed' | 'forgotten', ms: number, dueMs: number): Outcomes =>
  (token, start) => [{ type, token, at: start + ms, dueAt: start + dueMs, ...DOWN }]

export const polled =
  (ms: number): Outcomes =>
  (token, start) => [
    { type: 'refreshed', token, at: start + ms, dueAt: start + ms + 60, offers: [] },
  ]

export const registered =
  (ms: number): Outcomes =>
  (token, start) => [{ type: 'registered', token, at: start + ms }]

export const rejected =
  (ms: number): Outcomes =>
  (token, start) => [{ type: 'rejected', token, version: 1, reason: 'too short', at: start + ms }]

/** Creates a product and takes its registration. */
export async function pending(store: Store, name: string): Promise<{ id: string; token: string }> {
  const { id } = await store.createProduct({ name })
  const [task] = await store.takeRegistrations(Number.POSITIVE_INFINITY, 1)
  return { id, token: task?.token ?? '' }
}
