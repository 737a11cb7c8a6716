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
  /** Whether changes are being followed; while they are not, they have to be looked for. */
  onFollowing(following: boolean): void
}

/** The lock of the one tab that holds a stream. */
const LOCK = 'change-stream'

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

/** Resolves when the signal is aborted. */
function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve())
    if (signal.aborted) resolve()
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
 * Does something while this is the only tab of the browser that holds a stream. Pages over plain HTTP
 * from another host have no locks, so none of them ever does.
 */
async function inTurn(run: () => Promise<void>, signal: AbortSignal): Promise<void> {
  if ('locks' in navigator) await navigator.locks.request(LOCK, { signal }, run)
  else await untilAborted(signal)
}

/**
 * Follows the changes that fit a query, such as `product_id=…`, until the signal ends it. After a
 * break it resumes with nothing lost, or tells that it begins anew. A browser opens at most six
 * connections to a host. So only one tab holds a stream; the next one takes over when that one closes or
 * nobody looks at it any more.
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
    let silence: ReturnType<typeof setTimeout> | undefined
    function expectSign() {
      clearTimeout(silence)
      silence = setTimeout(() => attempt.abort(), SILENCE_MS)
    }
    function onSign() {
      failures = 0
      listener.onFollowing(true)
      expectSign()
    }
    const parser = new EventStreamParser(lastEventId)
    let gone = false
    try {
      await inTurn(async () => {
        expectSign()
        await listen(`/changes/stream?${query}`, parser, listener, onSign, ended)
      }, ended)
    } catch (error) {
      // What is behind the last event is not kept any more.
      gone = error instanceof RequestFailed && error.status === 410
    }
    clearTimeout(silence)
    listener.onFollowing(false)
    lastEventId = gone ? '' : parser.lastEventId
    retryMs = parser.retryMs ?? retryMs
    const wait = Math.min(retryMs * 2 ** failures, LONGEST_RETRY_MS)
    failures += 1
    if (!gone) await pause(wait * (1 + Math.random() / 2), ended)
    attempt.abort()
  }
}
