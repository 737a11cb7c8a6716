import type { Change } from '../schemas/change.ts'

/** The heartbeat interval of a silent stream, so that no proxy takes it for dead. */
export const HEARTBEAT_MS = 15_000

/** How long a client should wait before it resumes a broken stream. */
const RETRY_MS = 2_000

/**
 * The start of a stream of the changes after `after`: a client that is disconnected before the first event
 * knows from this where to resume.
 */
export function greeting(after: number): string {
  return `retry: ${RETRY_MS}\nid: ${after}\n\n`
}

/**
 * The heartbeat of a silent stream whose client has missed nothing up to the change `position`: a comment
 * and an id. Without data it is not an event, yet the client resumes from there (HTML standard, section
 * 9.2.6), so that a client with a narrow filter does not fall behind the feed.
 */
export function heartbeat(position: number): string {
  return `:\nid: ${position}\n\n`
}

/** A change as a server-sent event (HTML standard, section 9.2). JSON has no line breaks. */
export function eventOf(change: Change): string {
  return `id: ${change.seq}\nevent: ${change.type}\ndata: ${JSON.stringify(change)}\n\n`
}
