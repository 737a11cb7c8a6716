import t from 'tap'
import { Decisions } from '../../../db/sqlite/decisions.ts'

/** The two ends of the same decisions, as the two threads have them. */
function ends() {
  const main = new Decisions()
  return { main, thread: new Decisions(main.buffer) }
}

t.test('what a commit has claimed cannot be abandoned any more', async (t) => {
  const { main, thread } = ends()
  t.ok(thread.claim(0, 3))
  t.equal(main.abandon(5), 3, 'the first that is abandoned')
  t.equal(thread.decided, 5)
})

t.test('abandoned writes are not claimed, nor are those of the same claim', async (t) => {
  const { main, thread } = ends()
  t.equal(main.abandon(1), 0)
  t.notOk(thread.claim(0, 3))
  t.equal(thread.decided, 1)
  t.ok(thread.claim(1, 3))
})

t.test('abandoning decided writes again changes nothing', async (t) => {
  const { main, thread } = ends()
  main.abandon(4)
  t.equal(main.abandon(2), 4)
  t.equal(thread.decided, 4)
})

t.test('a write that failed before its claim does not prevent the next claim', async (t) => {
  const { thread } = ends()
  t.ok(thread.claim(10, 12))
  t.equal(thread.decided, 12)
})
