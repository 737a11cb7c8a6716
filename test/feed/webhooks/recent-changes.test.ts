import t from 'tap'
import type { ChangePage, ChangeQuery } from '../../../db/store.ts'
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

/** A feed whose answers come when they are let go, as they were when they were asked for. */
class SlowFeed extends Feed {
  readonly #held: (() => void)[] = []
  isSlow = false

  override async changes(query: ChangeQuery): Promise<ChangePage> {
    const page = await super.changes(query)
    if (this.isSlow) await new Promise<void>((letGo) => this.#held.push(letGo))
    return page
  }

  /** Lets the answer go that was asked for as the `nth` of those that are held. */
  letGo(nth: number): void {
    this.#held.splice(nth, 1)[0]?.()
  }
}

// Webhooks were sent some changes twice, and others never.
for (const [order, first] of [
  ['the one behind ends first', 0],
  ['the one ahead ends first', 1],
] as const) {
  t.test(`two that read different parts at once get all changes: ${order}`, async (t) => {
    const feed = new SlowFeed(100)
    const recent = new RecentChanges(feed)
    await recent.after(60)
    feed.isSlow = true
    feed.add(50)
    const behind = recent.after(40)
    await new Promise(setImmediate)
    feed.add(10)
    const ahead = recent.after(100)
    await new Promise(setImmediate)
    feed.letGo(first)
    await new Promise(setImmediate)
    feed.letGo(0)
    const pages = await Promise.all([behind, ahead])
    for (const [n, page] of pages.entries()) {
      t.same(placesIn(page), from(n === 0 ? 41 : 101, page.lastSeq))
    }
    feed.isSlow = false
    feed.add(100)
    for (const after of [40, 100, 150, 160]) {
      t.same(await readAll(recent, after), from(after + 1, 260), `after ${after}`)
    }
  })
}
