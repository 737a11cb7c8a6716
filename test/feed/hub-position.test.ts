import t from 'tap'
import type { ChangePage, ChangeQuery } from '../../db/store.ts'
import type { Feed } from '../../feed/hub.ts'
import { eventually } from '../helper.ts'
import { change, heard, live, settled, startHub, upTo } from './subscribers.ts'

/** A feed that notifies its hub when the test says so, of commits that can be read before that. */
class FakeFeed implements Feed {
  lastSeq = 0
  /** What the next reads do, in this order, before all others give what there is. */
  readonly reads: (() => Promise<ChangePage>)[] = []
  #committed = 0
  readonly #listeners = new Set<(lastSeq: number) => void>()

  /** Commits this many changes without a notification. */
  commit(count: number): void {
    this.#committed += count
  }

  /** Notifies the hub of all commits, or of those up to `lastSeq`. */
  tell(lastSeq = this.#committed): void {
    this.lastSeq = lastSeq
    for (const listener of this.#listeners) listener(lastSeq)
  }

  changes({ after = 0 }: ChangeQuery): Promise<ChangePage> {
    const page = {
      items: upTo(this.#committed, after + 1).map((seq) => change(seq)),
      lastSeq: this.#committed,
    }
    return this.reads.shift()?.() ?? Promise.resolve(page)
  }

  onChanges(listener: (lastSeq: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

const damaged = new Error('damaged')
const NOTHING_NEW = 'the feed has nothing after change 2'

/** The results that a read after change 2 can have, when the hub is notified of change 3. */
const ENDS: [
  name: string,
  read: ((feed: FakeFeed) => Promise<ChangePage>) | null,
  error?: string,
][] = [
  ['there is nothing to read', null],
  [
    'a read gives more than was told of',
    async (feed) => {
      feed.commit(2)
      return { items: upTo(5, 3).map((seq) => change(seq)), lastSeq: 5 }
    },
  ],
  ['a read gives the same place', async () => ({ items: [], lastSeq: 2 }), NOTHING_NEW],
  ['the feed went back', async () => ({ items: [], lastSeq: 1 }), NOTHING_NEW],
  ['a read fails', () => Promise.reject(damaged), 'damaged'],
  [
    'a read fails before it gives a promise',
    () => {
      throw damaged
    },
    'damaged',
  ],
  [
    'it hears of more while it reads',
    async (feed) => {
      feed.commit(1)
      feed.tell()
      return { items: [change(3)], lastSeq: 3 }
    },
  ],
]

for (const [name, read, error] of ENDS) {
  t.test(`a hub delivers later changes after a notification if ${name}`, async (t) => {
    const feed = new FakeFeed()
    const { hub, errors } = startHub(t, feed)
    const first = await live(t, hub)
    feed.commit(2)
    feed.tell()
    await eventually(() => first.seqs.length === 2)
    if (read) {
      feed.reads.push(() => read(feed))
      feed.commit(1)
    }
    for (let told = 0; told < 3; told++) feed.tell()
    await settled()
    t.strictSame(
      errors.map((error) => (error as Error).message),
      error ? [error] : [],
    )
    t.equal(first.subscription.destroyed, error !== undefined)

    const heardBefore = hub.position
    const second = await live(t, hub)
    feed.commit(9)
    feed.tell()
    await eventually(() => second.seqs.at(-1) === feed.lastSeq)
    t.strictSame(second.seqs, upTo(feed.lastSeq, heardBefore + 1))
  })
}

t.test('a hub finds changes without a notification at its next heartbeat', async (t) => {
  const feed = new FakeFeed()
  const { hub } = startHub(t, feed)
  const { seqs } = await live(t, hub)
  feed.commit(2)
  feed.lastSeq = 2
  await settled()
  t.strictSame(seqs, [])
  hub.sendHeartbeats()
  await eventually(() => seqs.length === 2)
})

t.test('a hub reports how far the streams lag, and for how long', async (t) => {
  const feed = new FakeFeed()
  const { hub, time } = startHub(t, feed)
  t.strictSame(hub.lag, { changes: 0, ms: 0 })
  const { seqs } = await live(t, hub)
  const page = Promise.withResolvers<ChangePage>()
  feed.reads.push(() => page.promise)
  feed.commit(3)
  time.now = 10_000
  feed.tell()
  time.now = 12_000
  feed.commit(2)
  feed.tell()
  time.now = 15_000
  t.strictSame(hub.lag, { changes: 5, ms: 5_000 })

  t.test('where a part was handed on, it is the age of the rest', async (t) => {
    const rest = Promise.withResolvers<ChangePage>()
    feed.reads.push(() => rest.promise)
    page.resolve({ items: upTo(3).map((seq) => change(seq)), lastSeq: 3 })
    await eventually(() => seqs.length === 3)
    time.now = 16_000
    t.strictSame(hub.lag, { changes: 2, ms: 1_000 })
    rest.resolve({ items: [change(4), change(5)], lastSeq: 5 })
    await eventually(() => seqs.length === 5)
    t.strictSame(hub.lag, { changes: 0, ms: 0 })
  })

  t.test('reading ahead of the notifications does not count as lag', async (t) => {
    feed.commit(2)
    feed.tell(6)
    await eventually(() => seqs.length === 7)
    t.equal(hub.position, 7)
    t.strictSame(hub.lag, { changes: 0, ms: 0 })
  })

  t.test('a change without a notification counts, with an unknown age', async (t) => {
    feed.commit(1)
    feed.lastSeq = 8
    t.strictSame(hub.lag, { changes: 1, ms: 0 })
  })
})

t.test('a hub repeats nothing to a client that has seen changes before the hub', async (t) => {
  const feed = new FakeFeed()
  const { hub } = startHub(t, feed)
  feed.commit(3)
  const { lastSeq } = await feed.changes({ after: 0, limit: 10 })
  const { seqs } = heard(t, hub.subscribe({}, lastSeq))
  await settled()
  feed.commit(1)
  feed.tell()
  await eventually(() => seqs.at(-1) === 4)
  t.strictSame(seqs, [4])
})

t.test('a hub without listeners does not lag', async (t) => {
  const feed = new FakeFeed()
  const { hub } = startHub(t, feed)
  feed.commit(3)
  feed.tell()
  await settled()
  t.strictSame(hub.lag, { changes: 0, ms: 0 })
})
