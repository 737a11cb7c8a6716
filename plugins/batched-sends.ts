import fp from 'fastify-plugin'

/** The number of answers in a turn of the event loop from which on those of the next turn are sent together. */
const MANY = 8

/** The length of an answer from which it is sent at once, in characters or bytes. Sending it takes longer than waking its client. */
const LONG = 2 ** 16

/** The longest wait for answers that take longer, in ms. Dozens of ready ones take less. */
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

/** Whether a payload is short. A 304 has none. Streams count as long. */
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
