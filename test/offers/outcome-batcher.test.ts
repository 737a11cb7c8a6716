import t from 'tap'
import type { Outcome } from '../../db/store.ts'
import { OutcomeBatcher } from '../../offers/outcome-batcher.ts'

const outcome = (n: number): Outcome => ({ type: 'released', token: `${n}` })

/** OutcomeBatcher whose batches are written when the test says so. */
function start() {
  const batches: { tokens: string[]; written: () => void }[] = []
  let written = 0
  const outcomes = new OutcomeBatcher({
    write(batch) {
      const { promise, resolve } = Promise.withResolvers<void>()
      batches.push({ tokens: batch.map(({ token }) => token), written: resolve })
      return promise
    },
    written: () => {
      written += 1
    },
  })
  return { outcomes, batches, written: () => written }
}

t.test('a hundred are written at once, and the next while those are being written', async (t) => {
  const { outcomes, batches, written } = start()
  for (let n = 0; n < 200; n++) outcomes.add(outcome(n))
  t.strictSame(
    batches.map(({ tokens }) => [tokens.length, tokens[0]]),
    [
      [100, '0'],
      [100, '100'],
    ],
  )
  t.equal(outcomes.unwritten, 200)
  batches[1]?.written()
  const closed = outcomes.close()
  batches[0]?.written()
  await closed
  t.equal(outcomes.unwritten, 0)
  t.equal(written(), 2)
})

t.test('few are written after a while, together', async (t) => {
  const { outcomes, batches } = start()
  outcomes.add(outcome(1))
  outcomes.add(outcome(2))
  t.equal(batches.length, 0)
  while (batches.length === 0) await new Promise(setImmediate)
  t.strictSame(
    batches.map(({ tokens }) => tokens),
    [['1', '2']],
  )
})

t.test('close writes the gathered outcomes, and waits for that', async (t) => {
  const { outcomes, batches } = start()
  outcomes.add(outcome(1))
  let closed = false
  const closing = outcomes.close().then(() => {
    closed = true
  })
  t.equal(batches.length, 1)
  await new Promise(setImmediate)
  t.notOk(closed)
  batches[0]?.written()
  await closing
  await outcomes.close()
  t.equal(batches.length, 1)
})
