import fp from 'fastify-plugin'

/** If a turn of the event loop has this many answers, those of the next one are sent together. */
const MANY = 8

/** An answer of this length, in characters or bytes, is sent at once: sending it takes longer than waking its client. */
const LONG = 2 ** 16

/** How long an answer may wait before the next one sends it, in ms. Dozens of ready answers take less. */
const LONGEST_WAIT_MS = 2

/** Answers that wait to be sent. */
interface Batch {
  /** When the first one began to wait, epoch ms. */
  since: number
  sent: Promise<void>
  send: () => void
}

function batchFrom(since: number): Batch {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { since, sent: promise, send: resolve }
}

/** Whether a payload is short. A 304 has no payload; a stream counts as long. */
const isShort = (payload: unknown): boolean =>
  typeof payload === 'string' || Buffer.isBuffer(payload)
    ? payload.length < LONG
    : payload === null || payload === undefined

/**
 * Sends the answers of one turn of the event loop together at its end, while many requests come in. A client that waits
 * is woken by the first of them, and would otherwise be woken by each (`docs/decisions/0014-batched-sends.md`). Register it
 * after compression, so that only sending is left to do.
 */
export default fp(
  async (app) => {
    const { clock } = app.environment
    let answers = 0
    let isBusy = false
    let batch: Batch | undefined

    function sendBatch(): void {
      batch?.send()
      batch = undefined
    }

    function endTurn(): void {
      isBusy = answers >= MANY
      answers = 0
      sendBatch()
    }

    async function sendTogether<T>(_request: unknown, _reply: unknown, payload: T): Promise<T> {
      if (answers === 0) setImmediate(endTurn)
      answers += 1
      if (!isBusy || !isShort(payload)) return payload
      const now = clock()
      batch ??= batchFrom(now)
      const { since, sent } = batch
      if (now - since >= LONGEST_WAIT_MS) sendBatch()
      await sent
      return payload
    }

    // Compression runs in hooks of the routes, which follow all others.
    app.addHook('onRoute', (route) => {
      route.onSend = [route.onSend ?? []].flat().concat(sendTogether)
    })
  },
  { name: 'batched-sends' },
)
