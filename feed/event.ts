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

/**
 * What a silent stream says, where its client has missed nothing up to the change `position`: a comment
 * and an id. Without data it is no event, and yet the client resumes from there (HTML standard, section
 * 9.2.6), so that one whose filter rarely lets something through does not fall behind the feed.
 */
export function heartbeat(position: number): string {
  return `:\nid: ${position}\n\n`
}

/** A change as a server-sent event (HTML standard, section 9.2). JSON has no line breaks. */
export function eventOf(change: Change): string {
  return `id: ${change.seq}\nevent: ${change.type}\ndata: ${JSON.stringify(change)}\n\n`
}
