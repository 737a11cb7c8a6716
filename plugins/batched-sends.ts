import { setImmediate as nextTurn } from 'node:timers/promises'
import fp from 'fastify-plugin'

/** The number of answers in a turn of the event loop from which on those of the next turn are sent together. */
const MANY = 8

/** The length of text from which an answer is sent at once. Sending takes it longer than waking its client. */
const LONG = 64 * 1024

/** Whether a payload is short. A 304 has none; streams and files count as long. */
const isShort = (payload: unknown): boolean =>
  typeof payload === 'string' ? payload.length < LONG : payload === null || payload === undefined

/**
 * Sends the answers of one turn of the event loop together at its end, while many requests come in. A client that waits
 * is woken by the first of them, and would otherwise be woken by each (`docs/decisions/0014-batched-sends.md`). Register it
 * after the hooks that change answers, so that only sending is left to do.
 */
export default fp(
  async (app) => {
    let answers = 0
    let isBusy = false
    let turn: Promise<void> | undefined

    async function endOfTurn(): Promise<void> {
      await nextTurn()
      isBusy = answers >= MANY
      answers = 0
      turn = undefined
    }

    app.addHook<unknown>('onSend', async (_request, _reply, payload) => {
      answers += 1
      turn ??= endOfTurn()
      if (isBusy && isShort(payload)) await turn
      return payload
    })
  },
  { name: 'batched-sends' },
)
