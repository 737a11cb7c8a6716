import t from 'tap'
import { RecentChanges } from '../../../feed/webhooks/recent-changes.ts'
import { Upcoming } from '../../../feed/webhooks/upcoming.ts'
import { Feed } from './feed.ts'

const ALL = { types: [], productId: null, tag: null, batchSize: 4 }

const upcoming = (
  feed: Feed,
  after = 0,
  filter: Partial<ConstructorParameters<typeof Upcoming>[2]> = {},
) => new Upcoming(after, new RecentChanges(feed), { ...ALL, ...filter })

/** What is collected, by the places of the changes. */
async function collect(from: Upcoming, until: number | null = null) {
  const { entries, position } = await from.collect(until)
  return [entries.map(({ change }) => change.seq), position]
}

t.test('messages are as large as they may be, and the last one has the rest', async (t) => {
  const changes = upcoming(new Feed(10))
  t.same(await collect(changes), [[1, 2, 3, 4], 4])
  t.same(await collect(changes), [[5, 6, 7, 8], 8])
  t.same(await collect(changes), [[9, 10], 10])
  t.same(await collect(changes), [[], 10])
})

t.test('a message can span two pages', async (t) => {
  const changes = upcoming(new Feed(1_500), 0, { batchSize: 600 })
  const sizes = []
  for (let n = 0; n < 3; n++) sizes.push((await changes.collect(null)).entries.length)
  t.same(sizes, [600, 600, 300])
})

t.test('the filters leave out other types and products', async (t) => {
  const feed = new Feed(3)
  feed.add(2, { product_id: 'saw', type: 'product.updated' })
  feed.add(2, { product_id: 'saw' })
  feed.add(2, { type: 'product.deleted' })
  t.same(await collect(upcoming(feed, 0, { productId: 'saw' })), [[4, 5, 6, 7], 7])
  t.same(await collect(upcoming(feed, 0, { types: ['product.updated'] })), [[4, 5], 9])
  const both = { types: ['product.created' as const], productId: 'saw' }
  t.same(await collect(upcoming(feed, 0, both)), [[6, 7], 9])
  t.same(await collect(upcoming(feed, 4, { types: ['alert.fired'] })), [[], 9])
})

t.test('a tag leaves out the changes of products without it', async (t) => {
  const feed = new Feed(2)
  feed.add(1, { product_id: 'saw' })
  feed.tags = (seq) => (seq === 2 ? ['a', 'deal'] : seq === 3 ? ['deals'] : [])
  const recent = new RecentChanges(feed, true)
  const tagged = new Upcoming(0, recent, { ...ALL, tag: 'deal' })
  t.same(await collect(tagged), [[2], 3])
})

t.test('a message with an end has nothing after it', async (t) => {
  const changes = upcoming(new Feed(10), 0, { batchSize: 100 })
  t.same(await collect(changes, 3), [[1, 2, 3], 3])
  t.same(await collect(changes), [[4, 5, 6, 7, 8, 9, 10], 10])
})

t.test('of a message whose end is not there yet, there is what there is', async (t) => {
  t.same(await collect(upcoming(new Feed(2)), 3), [[1, 2], 2])
})

t.test('a message with few changes does not wait for the whole feed to be read', async (t) => {
  const feed = new Feed(1)
  feed.add(20_000, { type: 'product.updated' })
  const filter = { types: ['product.created' as const] }
  t.same(await collect(upcoming(feed, 0, filter)), [[1], 7_000])
  t.same(await collect(upcoming(feed, 0, filter), 20_001), [[1], 20_001], 'unless it was begun')
})

t.test('after a failure, the same changes are collected again', async (t) => {
  const feed = new Feed(1_500)
  const changes = upcoming(feed, 0, { batchSize: 1_200 })
  const failing = changes.collect(null)
  feed.fault = new Error('broken') // On the second page.
  await t.rejects(failing, { message: 'broken' })
  feed.fault = undefined
  changes.rewind(0)
  t.equal((await changes.collect(null)).entries.length, 1_200)
})
