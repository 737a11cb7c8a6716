import type { Change } from '../schemas/change.ts'
import { RequestFailed, send } from './api.ts'
import { EventStreamParser } from './event-stream.ts'

/** How long to wait before resuming a broken stream, unless the server asks for another delay. */
const RETRY_MS = 2_000

/** The upper limit of the delay, which doubles with each consecutive failure. */
const MAX_RETRY_MS = 10_000

/** The server sends a heartbeat every 15 seconds; a connection that is silent for this long is dead. */
const SILENCE_MS = 40_000

/** The callbacks of a follower of changes. */
export interface ChangeListener {
  onChange(change: Change): void
  /** No change is missed from now on, but what was read before may be out of date. */
  onAnew(): void
  /** Whether changes are being followed. While they are not, the caller has to poll. */
  onFollowing(following: boolean): void
}

/** The name of the lock that the one tab with a stream holds. */
const LOCK = 'change-stream'

/** Resolves when the tab is visible, or when the signal is aborted. */
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

/** Resolves after this many ms, or when the signal is aborted. */
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

/** Passes on the events of one answer until it ends. Calls `onSign` for every sign of life. */
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
 * Runs something once no other tab of the browser holds a stream. Pages over plain HTTP from another host have no
 * locks, so they never run it.
 */
async function inTurn(run: () => Promise<void>, signal: AbortSignal): Promise<void> {
  if ('locks' in navigator) await navigator.locks.request(LOCK, { signal }, run)
  else await untilAborted(signal)
}

/**
 * Follows the changes that match a query, such as `product_id=…`, until the signal is aborted. After a
 * disconnection it resumes without losing a change, or calls `onAnew` if that is not possible. Browsers open at most
 * six connections to a host, so only one tab holds a stream; another one takes over when that tab is closed or
 * hidden.
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
      // The changes after the last event have left the feed.
      gone = error instanceof RequestFailed && error.status === 410
    }
    clearTimeout(silence)
    listener.onFollowing(false)
    lastEventId = gone ? '' : parser.lastEventId
    retryMs = parser.retryMs ?? retryMs
    const wait = Math.min(retryMs * 2 ** failures, MAX_RETRY_MS)
    failures += 1
    if (!gone) await pause(wait * (1 + Math.random() / 2), ended)
    attempt.abort()
  }
}
