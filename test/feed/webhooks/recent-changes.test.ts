import t from 'tap'
import { type FeedPage, RecentChanges } from '../../../feed/webhooks/recent-changes.ts'
import { Feed } from './feed.ts'

const placesIn = ({ entries }: FeedPage) => entries.map(({ change }) => change.seq)
const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n)

/** All that is read after a place, page by page. */
async function readAll(recent: RecentChanges, after: number): Promise<number[]> {
  const read: number[] = []
  for (let last = after; ; ) {
    const page = await recent.after(last)
    if (page.lastSeq === last) return read
    read.push(...placesIn(page))
    last = page.lastSeq
  }
}

t.test('a change comes with its JSON', async (t) => {
  const { entries, lastSeq } = await new RecentChanges(new Feed(3)).after(2)
  t.equal(lastSeq, 3)
  t.strictSame(JSON.parse(entries[0]?.text ?? ''), entries[0]?.change)
})

t.test('after the last change there is nothing, and nothing is read', async (t) => {
  const feed = new Feed(3)
  const recent = new RecentChanges(feed)
  t.strictSame(await recent.after(3), { entries: [], lastSeq: 3 })
  t.strictSame(await new RecentChanges(new Feed()).after(0), { entries: [], lastSeq: 0 })
  t.same(feed.reads, [])
})

t.test('however many follow the feed, each change is read once', async (t) => {
  const feed = new Feed(10)
  const recent = new RecentChanges(feed)
  const pages = await Promise.all([recent.after(0), recent.after(0), recent.after(0)])
  t.equal(feed.reads.length, 1)
  for (const page of pages) t.same(placesIn(page), from(1, 10))
  t.equal(pages[0]?.entries[4], pages[1]?.entries[4], 'and serialised once')
  feed.add(2)
  await Promise.all([recent.after(10), recent.after(10)])
  await recent.after(11)
  t.same(feed.reads, [
    [0, 1_000],
    [10, 1_000],
  ])
})

t.test(
  'one that is behind the others reads what they do not need, and keeps nothing',
  async (t) => {
    const feed = new Feed(5_000)
    const recent = new RecentChanges(feed)
    t.same(placesIn(await recent.after(4_990)), from(4_991, 5_000))
    t.same(await readAll(recent, 0), from(1, 5_000))
    feed.reads.length = 0
    t.same(placesIn(await recent.after(4_990)), from(4_991, 5_000))
    t.same(feed.reads, [], 'it is still kept')
  },
)

t.test('all changes are read in order from any position, whichever are cached', async (t) => {
  const feed = new Feed(9_500)
  const recent = new RecentChanges(feed)
  for (const after of [9_400, 0, 5_499, 5_500, 5_501, 9_499, 1]) {
    t.same(await readAll(recent, after), from(after + 1, 9_500), `after ${after}`)
  }
})

t.test('a failed read rejects all that wait for it, and can be repeated', async (t) => {
  const feed = new Feed(5)
  const recent = new RecentChanges(feed)
  feed.fault = new Error('broken')
  for (const failing of [recent.after(0), recent.after(0)]) {
    await t.rejects(failing, { message: 'broken' })
  }
  feed.fault = undefined
  t.same(placesIn(await recent.after(0)), from(1, 5))
})

t.test('changes that were deleted from the feed are reported', async (t) => {
  const feed = new Feed(5)
  feed.compacted = 3
  await t.rejects(new RecentChanges(feed).after(1), { code: 'CHANGES_COMPACTED' })
})
