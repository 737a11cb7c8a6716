import type { Change } from '../schemas/change.ts'
import { RequestFailed, send } from './api.ts'
import { EventStreamParser } from './event-stream.ts'

/** How long to wait before a stream that broke off is resumed, where the server did not say. */
const RETRY_MS = 2_000

/** The wait doubles with each failure in a row, up to this. */
const LONGEST_RETRY_MS = 10_000

/** The server says every 15 seconds that it is there; a line that is silent for so long is dead. */
const SILENCE_MS = 40_000

/** Who hears of changes. */
export interface ChangeListener {
  onChange(change: Change): void
  /** From now on no change is missed. What was read before may be old. */
  onAnew(): void
}

/** Resolves when the tab is looked at, or when the signal ends it. */
function seen(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController()
    function check() {
      if (document.hidden && !signal.aborted) return
      over.abort()
      resolve()
    }
    document.addEventListener('visibilitychange', check, { signal: over.signal })
    signal.addEventListener('abort', check, { signal: over.signal })
    check()
  })
}

/** Resolves after so many ms, or when the signal ends it. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}

/** Hands on the events of one answer until it ends; `onSign` hears of each sign of life. */
async function listen(
  path: string,
  parser: EventStreamParser,
  listener: ChangeListener,
  onSign: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { lastEventId } = parser
  const headers = lastEventId ? { 'last-event-id': lastEventId } : undefined
  const { body } = await send(path, { headers, signal })
  onSign()
  if (!lastEventId) listener.onAnew()
  // Not every browser can iterate over a stream.
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    onSign()
    for (const { data } of parser.take(part.value)) listener.onChange(JSON.parse(data) as Change)
  }
}

/**
 * Follows the changes that fit a query, such as `product_id=…`, until the signal ends it. After a
 * break it resumes with nothing lost, or tells that it begins anew. Browsers open six connections to a
 * host at most and this holds one, so it is given up while nobody looks at the tab.
 */
export async function followChanges(
  query: string,
  listener: ChangeListener,
  signal: AbortSignal,
): Promise<void> {
  let lastEventId = ''
  let retryMs = RETRY_MS
  let failures = 0
  while (!signal.aborted) {
    await seen(signal)
    const attempt = new AbortController()
    const ended = AbortSignal.any([signal, attempt.signal])
    const hide = () => document.hidden && attempt.abort()
    document.addEventListener('visibilitychange', hide, { signal: attempt.signal })
    let silence = setTimeout(() => attempt.abort(), SILENCE_MS)
    function onSign() {
      failures = 0
      clearTimeout(silence)
      silence = setTimeout(() => attempt.abort(), SILENCE_MS)
    }
    const parser = new EventStreamParser(lastEventId)
    let gone = false
    try {
      await listen(`/changes/stream?${query}`, parser, listener, onSign, ended)
    } catch (error) {
      // What is behind the last event is not kept any more.
      gone = error instanceof RequestFailed && error.status === 410
    }
    clearTimeout(silence)
    lastEventId = gone ? '' : parser.lastEventId
    retryMs = parser.retryMs ?? retryMs
    const wait = Math.min(retryMs * 2 ** failures, LONGEST_RETRY_MS)
    failures += 1
    if (!gone) await pause(wait * (1 + Math.random() / 2), ended)
    attempt.abort()
  }
}
