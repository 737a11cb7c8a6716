import type { Change } from '../schemas/change.ts'

/** How often a silent stream says that it is there, so that nothing on the way takes it for dead. */
export const HEARTBEAT_MS = 15_000

/** How long a client is to wait before it resumes a stream that broke off. */
const RETRY_MS = 2_000

/**
 * What a stream begins with, behind the change `after`: a client that sees no event before it breaks
 * off knows from this where to resume.
 */
export function greeting(after: number): string {
  return `retry: ${RETRY_MS}\nid: ${after}\n\n`
}

/** A comment, which no client takes for an event. */
export const HEARTBEAT = ':\n\n'

/** A change as a server-sent event (HTML standard, section 9.2). JSON has no line breaks. */
export function eventOf(change: Change): string {
  return `id: ${change.seq}\nevent: ${change.type}\ndata: ${JSON.stringify(change)}\n\n`
}
