/** When deliveries fail, or end. */
import t from 'tap'
import type { Attempt } from '../../../feed/webhooks/sender.ts'
import { DAY_MS } from '../../../history/time.ts'
import { eventually } from '../../helper.ts'
import { answered, endpointOn, GOOD } from './endpoint-on.ts'
import { Feed } from './feed.ts'

t.test('where the end of a message cannot be recorded, it is not sent', async (t) => {
  const feed = new Feed(2)
  const { endpoint, seqs, wake, world, told } = endpointOn(feed, { batchSize: 9 })
  world.save = async () => {
    throw new Error('full')
  }
  await wake()
  t.same(seqs(), [])
  t.same(told, ['store failed: full'])
  t.match(endpoint.takeUnsaved(), { cursor: 0, pending: null })
  feed.add(1)
  world.save = async () => true
  await wake()
  t.same(seqs(), [[1, 2, 3]])
})

t.test('where a failure cannot be recorded, it counts all the same', async (t) => {
  const { endpoint, seqs, wake, world, told } = endpointOn(new Feed(1))
  world.answer = async () => answered(500)
  world.save = async () => {
    throw new Error('full')
  }
  await wake()
  t.same(told, ['store failed: full'])
  t.match(endpoint.takeUnsaved(), { failures: 1, nextAttemptAt: 1_500 })
  await wake()
  t.same(seqs(), [[1]])
})

t.test('where the feed cannot be read, nothing is left out', async (t) => {
  const feed = new Feed(3)
  const { seqs, wake, told } = endpointOn(feed, { batchSize: 2 })
  feed.fault = new Error('broken')
  await wake()
  t.same(told, ['store failed: broken'])
  feed.fault = undefined
  await wake()
  t.same(seqs(), [[1, 2], [3]])
})

t.test('a webhook whose changes were deleted is disabled, with the reason', async (t) => {
  const feed = new Feed(5)
  feed.compacted = 3
  const { seqs, wake, saved, told } = endpointOn(feed, { cursor: 1 })
  await wake()
  const why = 'It was too far behind: The changes after 1 are gone; those after 3 are kept'
  t.match(saved, [{ enabled: false, cursor: 1, lastError: why }])
  t.same(told, [`disabled: ${why}`])
  await wake()
  t.same(seqs(), [])
})

t.test('an answer of 410 disables a webhook, and nothing more is sent', async (t) => {
  const { seqs, wake, world, saved, told } = endpointOn(new Feed(2))
  world.answer = async () => answered(410)
  await wake()
  world.now += DAY_MS
  await wake()
  t.same(seqs(), [[1]])
  t.match(saved, [{ enabled: false, cursor: 0, lastStatus: 410 }])
  t.same(told, ['disabled: answered 410, which ends the deliveries'])
})

t.test('after three days of failures a webhook is disabled, which is logged once', async (t) => {
  const { seqs, wake, world, saved, told } = endpointOn(new Feed(2))
  world.answer = async () => answered(500)
  const began = world.now
  while (saved.at(-1)?.enabled !== false) {
    await wake()
    world.now = saved.at(-1)?.nextAttemptAt ?? world.now
  }
  t.ok(world.now - began >= 3 * DAY_MS)
  t.ok(seqs().every(([seq]) => seq === 1))
  t.equal(told.at(-1), 'disabled: Every attempt failed for three days: answered 500')
  t.equal(told.filter((what) => what.startsWith('disabled')).length, 1)
})

t.test('where another instance has taken over, nothing more is sent', async (t) => {
  for (const batchSize of [1, 9]) {
    const { seqs, wake, world, told } = endpointOn(new Feed(3), { batchSize })
    world.answer = async () => answered(500)
    world.save = async () => false
    await wake()
    world.now += DAY_MS
    await wake()
    t.same(seqs(), batchSize === 1 ? [[1]] : [], 'a batch is not even begun')
    t.same(told, batchSize === 1 ? ['failed: answered 500'] : [])
  }
})

const ENDS: [what: string, attempt: Attempt, cursor: number][] = [
  ['succeeds', GOOD, 1],
  ['fails', answered(500), 0],
]

for (const [what, attempt, cursor] of ENDS) {
  t.test(`an attempt that ${what} while it stops is the last one`, async (t) => {
    const { endpoint, seqs, wake, world, saved } = endpointOn(new Feed(2))
    const { promise, resolve } = Promise.withResolvers<Attempt>()
    world.answer = () => promise
    void wake()
    await eventually(() => seqs().length === 1)
    const stopped = endpoint.stop()
    resolve(attempt)
    await stopped
    await wake()
    t.same(seqs(), [[1]])
    t.equal(endpoint.cursor, cursor)
    t.same(saved, [], 'it does not count as a failure of the receiver')
  })
}
