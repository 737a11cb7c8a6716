import type { Client } from 'openapi-fetch'
import { RefusedError } from './errors.ts'
import { pause } from './pause.ts'
import type { components, paths } from './schema.ts'

type Change = components['schemas']['Change']
type Filters = NonNullable<paths['/api/v1/changes/stream']['get']['parameters']['query']>

/** Where to begin, and what to follow. */
export interface FollowOptions extends Omit<Filters, 'after'> {
  /** The last change that is already known; 0 for none. `GET /api/v1/status` has the latest as `last_seq`. */
  after: number
  /** Ends it. */
  signal?: AbortSignal | undefined
}

/** The service sends something every 15 seconds, so a stream that is silent for longer is broken. */
const SILENCE_MS = 45_000

const WAIT_MS = 1_000

/** Whether a refusal is over after a while, so that following goes on. */
const passes = (status: number) => status >= 500 || status === 408 || status === 429

/** Throws where something else than the service answered, which would otherwise be asked for ever. */
function refuseOther({ status, headers }: Response): void {
  if (headers.get('content-type')?.startsWith('text/event-stream')) return
  const message = 'The answer is not the stream of changes; check the baseUrl'
  throw new RefusedError({ statusCode: status, error: '', message })
}

/** A signal that aborts with `signal`, or where nothing was heard for `SILENCE_MS`. */
function watch(signal: AbortSignal | undefined) {
  const broken = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    signal: signal ? AbortSignal.any([signal, broken.signal]) : broken.signal,
    heard(): void {
      clearTimeout(timer)
      timer = setTimeout(() => broken.abort(new Error('the stream is silent')), SILENCE_MS)
    },
    end(): void {
      clearTimeout(timer)
      broken.abort()
    },
  }
}

/**
 * The server-sent events of a body. One without data says that nothing was missed up to its id. They end with `signal`.
 * The body is cancelled here for that, because a caller's own `fetch` may have sent another request, without the signal.
 */
async function* eventsOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { signal, heard }: ReturnType<typeof watch>,
) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  signal.addEventListener('abort', () => void reader.cancel().catch(() => {})) // It may have failed already.
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    heard()
    const events = (rest + value).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) {
      yield { id: /^id: (\d+)$/m.exec(event)?.[1], data: /^data: (.*)$/m.exec(event)?.[1] }
    }
  }
}

/** The changes after one, without end; see `Client.changes`. */
export async function* followChanges(
  client: Client<paths>,
  { signal, ...query }: FollowOptions,
): AsyncGenerator<Change, void> {
  let { after } = query
  while (!signal?.aborted) {
    const watched = watch(signal)
    try {
      watched.heard()
      const { data, error, response } = await client.GET('/api/v1/changes/stream', {
        params: { query: { ...query, after } },
        parseAs: 'stream',
        signal: watched.signal,
      })
      if (error && !passes(error.statusCode)) throw new RefusedError(error)
      if (!error) refuseOther(response)
      for await (const { id, data: json } of data ? eventsOf(data, watched) : []) {
        if (id !== undefined) after = Number(id)
        if (signal?.aborted) return // Others can be here already.
        if (json !== undefined) yield JSON.parse(json)
      }
    } catch (error) {
      if (error instanceof RefusedError) throw error
    } finally {
      watched.end()
    }
    await pause(WAIT_MS, signal).catch(() => {}) // The loop ends by itself.
  }
}
