import t from 'tap'
import type { Attempt } from '../../../feed/webhooks/sender.ts'
import { eventually } from '../../helper.ts'
import { answered, endpointOn, GOOD } from './endpoint-on.ts'
import { Feed } from './feed.ts'

t.test('changes are sent one by one, in order, and each once', async (t) => {
  const feed = new Feed(3)
  const { endpoint, seqs, wake, world, saved } = endpointOn(feed)
  await wake()
  feed.add(2)
  await wake()
  t.same(seqs(), [[1], [2], [3], [4], [5]])
  t.equal(world.pauses, 5, 'the event loop is left to others between messages')
  t.equal(endpoint.cursor, 5)
  t.same(saved, [], 'how far it came is recorded by others')
})

t.test('a message is sent when the one before it was taken', async (t) => {
  const { seqs, wake, world } = endpointOn(new Feed(2))
  const { promise, resolve } = Promise.withResolvers<Attempt>()
  world.answer = () => promise
  const idle = wake()
  await eventually(() => seqs().length === 1)
  await new Promise(setImmediate)
  void wake()
  t.same(seqs(), [[1]])
  resolve(GOOD)
  await idle
  t.same(seqs(), [[1], [2]])
})

t.test('its position is returned once for recording, and again if that failed', async (t) => {
  const { endpoint, wake } = endpointOn(new Feed(2))
  t.equal(endpoint.takeUnsaved(), undefined)
  await wake()
  t.match(endpoint.takeUnsaved(), { cursor: 2, pending: null, lastStatus: 204, token: 'token' })
  t.equal(endpoint.takeUnsaved(), undefined)
  endpoint.unsaved()
  t.match(endpoint.takeUnsaved(), { cursor: 2 })
})

t.test('what the filters leave out is passed over, without an end of work', async (t) => {
  const { endpoint, seqs, wake } = endpointOn(new Feed(20_000), { types: ['alert.fired'] })
  await wake()
  t.same(seqs(), [])
  t.match(endpoint.takeUnsaved(), { cursor: 20_000 })
  await wake()
  t.equal(endpoint.takeUnsaved(), undefined, 'and recorded once')
})

t.test('a failure is recorded at once, and the same message is sent when it is due', async (t) => {
  const feed = new Feed(2)
  const { endpoint, sent, seqs, wake, world, saved, told } = endpointOn(feed, { batchSize: 9 })
  world.answer = async () => answered(500)
  await wake()
  t.match(saved, [
    { pending: 2 },
    { pending: 2, failures: 1, lastStatus: 500, nextAttemptAt: 1_500 },
  ])
  t.same(told, ['failed: answered 500'])
  t.equal(endpoint.isFailing, true)
  feed.add(1)
  await wake()
  t.equal(sent.length, 1, 'it is not due')
  world.now = 1_500
  world.answer = async () => GOOD
  await wake()
  t.same(seqs(), [[1, 2], [1, 2], [3]])
  t.equal(sent[1]?.id, sent[0]?.id)
  t.same(
    sent.map(({ isDoubtful }) => isDoubtful),
    [false, true, false],
  )
  t.equal(endpoint.isFailing, false)
})

t.test('the end of a message is recorded before it is sent, unless it is full', async (t) => {
  const { seqs, wake, world, saved } = endpointOn(new Feed(10), { batchSize: 4 })
  const records: number[] = []
  world.answer = async () => {
    records.push(saved.length)
    return GOOD
  }
  await wake()
  t.same(seqs(), [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
    [9, 10],
  ])
  t.same(records, [0, 0, 1])
  t.match(saved, [{ cursor: 8, pending: 10 }])
})

t.test('a message that another instance began is the same, however long the feed is', async (t) => {
  const first = endpointOn(new Feed(3), { batchSize: 9 })
  await first.wake()
  const { sent, wake, saved } = endpointOn(new Feed(8), { batchSize: 9, ...first.saved[0] })
  await wake()
  t.equal(sent[0]?.id, first.sent[0]?.id)
  t.same(
    sent.map(({ seqs }) => seqs),
    [
      [1, 2, 3],
      [4, 5, 6, 7, 8],
    ],
  )
  t.match(saved, [{ cursor: 3, pending: 8 }], 'its end is not recorded again')
})

t.test('a message that another instance began waits for its changes', async (t) => {
  const feed = new Feed(2)
  const { seqs, wake, endpoint } = endpointOn(feed, { batchSize: 9, pending: 3 })
  await wake()
  t.same(seqs(), [])
  t.equal(endpoint.cursor, 0)
  feed.add(4)
  await wake()
  t.same(seqs(), [
    [1, 2, 3],
    [4, 5, 6],
  ])
})

t.test('a message that was begun and has no changes any more is passed over', async (t) => {
  const feed = new Feed(3)
  feed.add(1, { type: 'alert.fired' })
  const task = { batchSize: 9, pending: 3, types: ['alert.fired' as const] }
  const { seqs, wake } = endpointOn(feed, task)
  await wake()
  t.same(seqs(), [[4]])
})
