import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openStore } from '../../db/open.ts'
import type { ChangePage, ChangeQuery, Store } from '../../db/store.ts'
import { eventOf, HEARTBEAT_MS, heartbeat } from '../../feed/event.ts'
import { ChangeHub, type Feed } from '../../feed/hub.ts'
import { type ChangeFilter, type Source, Subscription } from '../../feed/subscription.ts'
import type { Change } from '../../schemas/change.ts'
import { eventually, temporaryFolder } from '../helper.ts'
import { EventParser } from '../routes/event-stream.ts'

const MIB = 1024 * 1024
const AT = '2026-11-22T08:00:00.000Z'

const change = (seq: number, more: Partial<Change> = {}): Change => ({
  seq,
  at: AT,
  type: 'offer.price_changed',
  product_id: 'a',
  ...more,
})

/** A change whose event has this many bytes. */
function sized(seq: number, bytes: number): Change {
  const bare = Buffer.byteLength(eventOf(change(seq, { offer_id: '' })))
  return change(seq, { offer_id: 'x'.repeat(bytes - bare) })
}

/** What is read at once goes on in the same turn of the event loop, or in the next one. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await nextTurn()
}

/** A feed in memory, which counts what it is asked. */
class FakeSource implements Source {
  position: number
  readonly queries: ChangeQuery[] = []
  readonly joined: Subscription[] = []
  readonly left: Subscription[] = []
  readonly #feed: Change[]
  readonly #most: number

  /** It gives `most` changes at once at most, wanted or not. */
  constructor(feed: Change[], most = Number.POSITIVE_INFINITY) {
    this.position = feed.at(-1)?.seq ?? 0
    this.#feed = feed
    this.#most = most
  }

  async changes(query: ChangeQuery): Promise<ChangePage> {
    this.queries.push(query)
    const { after = 0, limit, type } = query
    const page = this.#feed.filter(({ seq }) => seq > after).slice(0, Math.min(limit, this.#most))
    const items = page.filter((change) => type === undefined || change.type === type)
    return { items, lastSeq: page.at(-1)?.seq ?? this.position }
  }

  join(subscription: Subscription): void {
    this.joined.push(subscription)
  }

  leave(subscription: Subscription): void {
    this.left.push(subscription)
  }
}

const feedOf = (count: number, bytes = 200): Change[] =>
  Array.from({ length: count }, (_, index) => sized(index + 1, bytes))

/** Keeps what a subscription gives, until the test is over. */
function heard(t: Test, subscription: Subscription) {
  t.teardown(() => subscription.destroy())
  const parser = new EventParser()
  const seqs: number[] = []
  const end = { ended: false, error: undefined as Error | undefined }
  subscription.setEncoding('utf8')
  subscription.on('data', (text: string) => {
    seqs.push(...parser.take(text).map(({ id }) => Number(id)))
  })
  subscription.on('end', () => {
    end.ended = true
  })
  subscription.on('error', (error) => {
    end.error = error
  })
  return { seqs, parser, end }
}

const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

t.test('an event has the seq as its id, the type as its name and the change as its data', (t) => {
  const changed = change(1042, { offer_id: 'x', price: 5, previous_price: 6 })
  t.equal(
    eventOf(changed),
    'id: 1042\nevent: offer.price_changed\n' +
      `data: {"seq":1042,"at":"${AT}","type":"offer.price_changed","product_id":"a",` +
      '"offer_id":"x","price":5,"previous_price":6}\n\n',
  )
  t.end()
})

t.test('no offer id breaks an event in two', (t) => {
  for (const offer_id of ['a\nb', 'a\r\n\r\ndata: b', '\n\nid: 7\n', ': a', '\u2028', '']) {
    const changed = change(1, { offer_id })
    const [event, ...more] = new EventParser().take(eventOf(changed))
    t.strictSame(JSON.parse(event?.data ?? ''), changed)
    t.strictSame(more, [])
  }
  t.end()
})

t.test('a heartbeat is no event, and has an id', (t) => {
  const parser = new EventParser()
  t.strictSame(parser.take(heartbeat(1042)), [])
  t.equal(parser.comments, 1)
  t.strictSame(parser.others, ['id: 1042'])
  t.equal(HEARTBEAT_MS, 15_000)
  t.end()
})

t.test('a subscription', async (t) => {
  t.test('begins with how long to wait before it is resumed, which is no event', async (t) => {
    const subscription = new Subscription(new FakeSource([]), {}, 0)
    t.teardown(() => subscription.destroy())
    const parser = new EventParser()
    t.strictSame(parser.take(String(subscription.read())), [])
    t.ok(parser.others.includes('retry: 2000'))
  })

  t.test('gives what is past, from where it begins, and then joins the live ones', async (t) => {
    for (const after of [0, 1, 1_234, 2_999, 3_000, 4_000]) {
      await t.test(`after ${after}`, async (t) => {
        const source = new FakeSource(feedOf(3_000))
        const subscription = new Subscription(source, {}, after)
        const { seqs } = heard(t, subscription)
        await eventually(() => source.joined.length)
        await settled()
        t.strictSame(seqs, upTo(3_000, after + 1))
        t.strictSame(source.joined, [subscription])
        subscription.deliver(change(3_001), eventOf(change(3_001)))
        t.equal(seqs.at(-1), 3_001)
        const asked = source.queries.length
        subscription.read(0)
        await settled()
        t.equal(source.queries.length, asked, 'it reads nothing more by itself')
      })
    }
  })

  t.test(
    'is not stuck where it is asked for more before it knows that it gave enough',
    async (t) => {
      const source = new FakeSource(feedOf(2_000))
      const subscription = new Subscription(source, {}, 0)
      t.teardown(() => subscription.destroy())
      const parser = new EventParser()
      const seqs: number[] = []
      // It takes what there is as soon as a page is handed out, in the same turn.
      t.capture(subscription, 'push', (text: string) => {
        const wanted = Readable.prototype.push.call(subscription, text)
        void Promise.resolve().then(() => {
          for (let text = subscription.read(); text !== null; text = subscription.read()) {
            seqs.push(...parser.take(String(text)).map(({ id }) => Number(id)))
          }
        })
        return wanted
      })
      subscription.read(0)
      await eventually(() => source.joined.length)
      await settled()
      t.strictSame(seqs, upTo(2_000))
    },
  )

  t.test('asks for no more than fits its filter', async (t) => {
    const filter = { productId: 'a', type: 'offer.delisted' } as const
    const source = new FakeSource([])
    heard(t, new Subscription(source, filter, 7))
    await settled()
    t.match(source.queries, [{ after: 7, limit: Number, ...filter }])
  })

  t.test('goes on through parts of the feed that have nothing for it', async (t) => {
    const feed = [...feedOf(50), change(51, { type: 'offer.listed' })]
    const source = new FakeSource(feed, 5)
    const { seqs } = heard(t, new Subscription(source, { type: 'offer.listed' }, 0))
    await eventually(() => source.joined.length)
    t.strictSame(seqs, [51])
    t.strictSame(
      source.queries.map(({ after }) => after),
      [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50],
    )
  })

  t.test('leaves room for other work where the past has nothing for it', async (t) => {
    const source = new FakeSource(feedOf(1_000), 1)
    heard(t, new Subscription(source, { type: 'offer.listed' }, 0))
    await settled()
    t.ok(source.queries.length < 100, `${source.queries.length} reads in a few turns`)
    await eventually(() => source.joined.length)
  })

  t.test(
    'is read ahead a little where nobody takes it, and goes on when someone does',
    async (t) => {
      const source = new FakeSource(feedOf(5_000))
      const subscription = new Subscription(source, {}, 0)
      t.teardown(() => subscription.destroy())
      subscription.read(0)
      await settled()
      t.ok(subscription.readableLength < 256 * 1024, `${subscription.readableLength} bytes ahead`)
      t.strictSame(source.joined, [])
      const { seqs } = heard(t, subscription)
      await eventually(() => source.joined.length)
      await settled()
      t.strictSame(seqs, upTo(5_000))
    },
  )

  const a = change(5)
  const filters: [what: string, filter: ChangeFilter, change: Change, taken: boolean][] = [
    ['no filter', {}, a, true],
    ['its product', { productId: 'a' }, a, true],
    ['another product', { productId: 'b' }, a, false],
    ['its type', { type: 'offer.price_changed' }, a, true],
    ['another type', { type: 'offer.listed' }, a, false],
    ['both', { productId: 'a', type: 'offer.price_changed' }, a, true],
    ['the product alone of both', { productId: 'a', type: 'offer.listed' }, a, false],
    ['the type alone of both', { productId: 'b', type: 'offer.price_changed' }, a, false],
    ['one that it has had', {}, change(4), false],
    ['one from before', {}, change(3), false],
  ]
  t.test('takes those live changes that fit its filter and that it has not had', async (t) => {
    for (const [what, filter, live, taken] of filters) {
      await t.test(what, async (t) => {
        const source = new FakeSource(feedOf(4))
        const subscription = new Subscription(source, filter, 4)
        const { seqs } = heard(t, subscription)
        await eventually(() => source.joined.length)
        subscription.deliver(live, eventOf(live))
        t.strictSame(seqs, taken ? [live.seq] : [])
      })
    }
  })

  t.test('is destroyed where the past ends before what others were handed', async (t) => {
    const source = new FakeSource(feedOf(3))
    source.changes = async () => ({ items: [], lastSeq: 3 })
    source.position = 9
    const { end } = heard(t, new Subscription(source, {}, 0))
    await eventually(() => end.error)
    t.equal(end.error?.message, 'the feed ends at change 3, and change 9 was handed on')
    t.strictSame(source.joined, [])
  })

  t.test('passes the heartbeat on', async (t) => {
    const source = new FakeSource([])
    const subscription = new Subscription(source, {}, 0)
    const { parser } = heard(t, subscription)
    await eventually(() => source.joined.length)
    subscription.beat()
    subscription.beat()
    t.equal(parser.comments, 2)
  })

  t.test('tells with the heartbeat up to where its client has missed nothing', async (t) => {
    const source = new FakeSource(feedOf(5))
    source.position = 3
    const subscription = new Subscription(source, { type: 'offer.listed' }, 0)
    const { seqs, parser } = heard(t, subscription)
    await eventually(() => source.joined.length)
    subscription.beat()
    t.equal(parser.others.at(-1), 'id: 5', 'it has read further than the live ones')
    source.position = 9
    subscription.beat()
    t.equal(parser.others.at(-1), 'id: 9')
    t.strictSame(seqs, [])
  })

  t.test('is destroyed when more than 1 MiB waits, and not before', async (t) => {
    const source = new FakeSource([])
    const subscription = new Subscription(source, {}, 0)
    t.teardown(() => subscription.destroy())
    subscription.read(0)
    await eventually(() => source.joined.length)
    const full = sized(1, MIB - subscription.readableLength)
    subscription.deliver(full, eventOf(full))
    t.equal(subscription.readableLength, MIB)
    t.notOk(subscription.destroyed)
    subscription.beat()
    t.ok(subscription.destroyed)
    t.strictSame(source.left, [subscription])
  })

  t.test('is destroyed with the error where the past cannot be read', async (t) => {
    const source = new FakeSource([])
    source.changes = async () => {
      throw new Error('damaged')
    }
    const subscription = new Subscription(source, {}, 0)
    const { end } = heard(t, subscription)
    await eventually(() => end.error)
    t.equal(end.error?.message, 'damaged')
    t.strictSame(source.left, [subscription])
  })

  for (const [what, stop] of [
    ['destroyed', (subscription: Subscription) => subscription.destroy()],
    ['ended', (subscription: Subscription) => subscription.end()],
  ] as const) {
    t.test(`${what} while the past is read it takes nothing more`, async (t) => {
      const source = new FakeSource(feedOf(10))
      const page = Promise.withResolvers<ChangePage>()
      source.changes = () => page.promise
      const subscription = new Subscription(source, {}, 0)
      const { seqs, end } = heard(t, subscription)
      await settled()
      stop(subscription)
      page.resolve({ items: feedOf(10), lastSeq: 10 })
      await settled()
      t.strictSame(seqs, [])
      t.strictSame(source.joined, [])
      t.equal(end.error, undefined)
      t.strictSame(source.left, [subscription])
    })
  }

  t.test('ends after what it was handed', async (t) => {
    const source = new FakeSource(feedOf(3))
    const subscription = new Subscription(source, {}, 0)
    t.teardown(() => subscription.destroy())
    subscription.read(0)
    await eventually(() => source.joined.length)
    subscription.deliver(change(4), eventOf(change(4)))
    subscription.end()
    subscription.end()
    const { seqs, end } = heard(t, subscription)
    await eventually(() => end.ended)
    t.strictSame(seqs, [1, 2, 3, 4])
    t.equal(end.error, undefined)
  })
})

/** A store of its own for one test. */
async function startStore(t: Test): Promise<Store> {
  const store = await openStore(`file:${join(await temporaryFolder(t), 'test.db')}`, {
    clock: () => Date.parse(AT),
    newId: randomUUIDv7,
    staleAfterMs: 180_000,
  })
  t.teardown(() => store.close())
  return store
}

/** A hub of its own for one test. */
function startHub(t: Test, store: Feed) {
  const errors: unknown[] = []
  const time = { now: 0 }
  const onError = (error: unknown) => errors.push(error)
  const hub = new ChangeHub({ store, onError, now: () => time.now })
  t.teardown(() => hub.close())
  return { hub, errors, time }
}

/** A feed whose hub hears of changes when the test says so, of commits that anyone can read before. */
class FakeFeed implements Feed {
  lastSeq = 0
  /** What the next reads do, in this order, before all others give what there is. */
  readonly reads: (() => Promise<ChangePage>)[] = []
  #committed = 0
  readonly #listeners = new Set<(lastSeq: number) => void>()

  /** Commits so many changes that the hub has not heard of. */
  commit(count: number): void {
    this.#committed += count
  }

  /** Has the hub hear of all that was committed, or of what there was before. */
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

/** Makes this number of changes in one commit. */
async function make(store: Store, count: number): Promise<void> {
  await store.createProducts(Array.from({ length: count }, () => ({ name: 'a' })))
}

/** Holds back the result of every read of the feed until `release` is called. */
function holdReads(t: Test, store: Store) {
  const gate = Promise.withResolvers<void>()
  const changes = store.changes.bind(store)
  const reads = t.capture(store, 'changes', async (query: ChangeQuery) => {
    const page = await changes(query)
    await gate.promise
    return page
  })
  return { reads, release: gate.resolve }
}

/** A live subscription of a hub. */
async function live(t: Test, hub: ChangeHub, filter: ChangeFilter = {}) {
  const subscription = hub.subscribe(filter)
  const told = heard(t, subscription)
  await eventually(() => {
    hub.beat()
    return told.parser.comments > 0
  })
  return { subscription, ...told }
}

const damaged = new Error('damaged')
const NOTHING_NEW = 'the feed has nothing after change 2'

/** What can come of a read of what follows change 2, when the hub hears that change 3 is committed. */
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
  t.test(`a hub tells of what comes after it was told and ${name}`, async (t) => {
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

t.test('a hub finds at its next heartbeat what nobody told it of', async (t) => {
  const feed = new FakeFeed()
  const { hub } = startHub(t, feed)
  const { seqs } = await live(t, hub)
  feed.commit(2)
  feed.lastSeq = 2
  await settled()
  t.strictSame(seqs, [])
  hub.beat()
  await eventually(() => seqs.length === 2)
})

t.test('a hub tells how far the streams are behind, and for how long', async (t) => {
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

  t.test('having read ahead of what it was told of is no lag', async (t) => {
    feed.commit(2)
    feed.tell(6)
    await eventually(() => seqs.length === 7)
    t.equal(hub.position, 7)
    t.strictSame(hub.lag, { changes: 0, ms: 0 })
  })

  t.test('a change that it was not told of counts, of an age that is not known', async (t) => {
    feed.commit(1)
    feed.lastSeq = 8
    t.strictSame(hub.lag, { changes: 1, ms: 0 })
  })
})

t.test('a hub repeats nothing to one who has seen what it has yet to hear of', async (t) => {
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

t.test('a hub that nobody listens to is not behind', async (t) => {
  const feed = new FakeFeed()
  const { hub } = startHub(t, feed)
  feed.commit(3)
  feed.tell()
  await settled()
  t.strictSame(hub.lag, { changes: 0, ms: 0 })
})

t.test('a hub', async (t) => {
  const store = await startStore(t)

  t.test('tells everyone of every change, however they came to listen', async (t) => {
    const { hub } = startHub(t, store)
    const before = store.lastSeq
    const first = await live(t, hub)
    await make(store, 3)
    const second = await live(t, hub)
    const resumed = heard(t, hub.subscribe({}, before + 1))
    await make(store, 2)
    const last = before + 5
    await eventually(() => [first, second, resumed].every(({ seqs }) => seqs.at(-1) === last))
    t.strictSame(first.seqs, upTo(last, before + 1))
    t.strictSame(second.seqs, upTo(last, before + 4))
    t.strictSame(resumed.seqs, upTo(last, before + 2))
    t.equal(hub.size, 3)
  })

  t.test('knows who listens', async (t) => {
    const { hub } = startHub(t, store)
    t.equal(hub.size, 0)
    const one = hub.subscribe({})
    const two = hub.subscribe({})
    t.equal(hub.size, 2)
    one.destroy()
    two.destroy()
    t.equal(hub.size, 0)
  })

  t.test('reads each change once, however many listen', async (t) => {
    const { hub } = startHub(t, store)
    const listeners = [await live(t, hub), await live(t, hub), await live(t, hub)]
    const changes = t.capture(store, 'changes', store.changes.bind(store))
    await make(store, 1_001)
    await eventually(() => listeners.every(({ seqs }) => seqs.length === 1_001))
    const reads = changes().map(({ args: [query] }) => query.after)
    const first = store.lastSeq - 1_001
    t.strictSame(reads, [first, first + 1_000])
    t.strictSame(listeners[0]?.seqs, upTo(store.lastSeq, first + 1))
  })

  t.test('reads nothing while nobody listens', async (t) => {
    const { hub } = startHub(t, store)
    const { subscription } = await live(t, hub)
    subscription.destroy()
    const changes = t.capture(store, 'changes', store.changes.bind(store))
    await make(store, 1)
    await settled()
    t.strictSame(changes(), [])
    t.equal(hub.position, store.lastSeq)
  })

  t.test('reads once for all that happens while it reads', async (t) => {
    const { hub } = startHub(t, store)
    const before = store.lastSeq
    const { seqs } = await live(t, hub)
    const { reads, release } = holdReads(t, store)
    for (let commit = 0; commit < 3; commit++) await make(store, 1)
    t.equal(reads().length, 1)
    release()
    await eventually(() => seqs.length >= 3)
    await settled()
    t.strictSame(seqs, upTo(before + 3, before + 1))
  })

  t.test('tells those who still read what is past only when they are through', async (t) => {
    const { hub } = startHub(t, store)
    const before = store.lastSeq
    const { release } = holdReads(t, store)
    await make(store, 2)
    const { seqs, parser } = heard(t, hub.subscribe({}, before))
    await settled()
    await make(store, 2)
    hub.beat()
    t.equal(parser.comments, 0)
    release()
    await eventually(() => seqs.length === 4)
    t.strictSame(seqs, upTo(before + 4, before + 1))
  })

  t.test('tells with the heartbeat of no change that it has yet to hand out', async (t) => {
    const { hub } = startHub(t, store)
    const before = store.lastSeq
    const { seqs, parser } = await live(t, hub)
    const { release } = holdReads(t, store)
    await make(store, 2)
    hub.beat()
    t.equal(parser.others.at(-1), `id: ${before}`)
    release()
    await eventually(() => seqs.length === 2)
    hub.beat()
    t.equal(parser.others.at(-1), `id: ${before + 2}`)
  })

  t.test('tells nobody twice who became live while it was reading', async (t) => {
    const { hub } = startHub(t, store)
    const before = store.lastSeq
    const first = await live(t, hub)
    const gate = Promise.withResolvers<void>()
    const changes = store.changes.bind(store)
    let reads = 0
    t.capture(store, 'changes', async (query: ChangeQuery) => {
      const page = await changes(query)
      reads += 1
      if (reads === 1) await gate.promise // That of the hub.
      return page
    })
    await make(store, 3)
    await eventually(() => reads === 1)
    const late = heard(t, hub.subscribe({}, before))
    await eventually(() => late.seqs.length === 3)
    gate.resolve()
    await eventually(() => first.seqs.length === 3)
    await make(store, 1)
    await eventually(() => late.seqs.at(-1) === before + 4)
    t.strictSame(late.seqs, upTo(before + 4, before + 1))
    t.strictSame(first.seqs, upTo(before + 4, before + 1))
  })

  t.test('lets nobody come back who went away', async (t) => {
    const { hub } = startHub(t, store)
    const subscription = hub.subscribe({})
    subscription.destroy()
    hub.join(subscription)
    t.equal(hub.size, 0)
    const changes = t.capture(store, 'changes', store.changes.bind(store))
    await make(store, 1)
    await settled()
    t.strictSame(changes(), [], 'it reads for nobody')
  })

  t.test('disconnects a reader that is too slow, and no other', async (t) => {
    const { hub } = startHub(t, store)
    const fast = await live(t, hub)
    const slow = hub.subscribe({})
    t.teardown(() => slow.destroy())
    slow.read(0)
    await settled()
    const seq = store.lastSeq + 1
    slow.deliver(change(seq), eventOf(sized(seq, MIB - slow.readableLength)))
    await make(store, 1)
    await eventually(() => fast.seqs.length)
    t.strictSame(fast.seqs, [seq])
    t.ok(slow.destroyed)
    t.equal(hub.size, 1)
  })

  t.test('disconnects everyone live where it cannot read, and goes on after that', async (t) => {
    const { hub, errors } = startHub(t, store)
    const before = store.lastSeq
    const cut = await live(t, hub)
    const failure = new Error('damaged')
    const restore = t.intercept(store, 'changes', {
      value: async () => {
        throw failure
      },
      configurable: true,
    })
    await make(store, 2)
    await eventually(() => cut.subscription.destroyed)
    restore.restore()
    t.strictSame(errors, [failure])
    t.strictSame(cut.seqs, [])
    t.equal(hub.size, 0)
    const { seqs } = heard(t, hub.subscribe({}, before))
    await make(store, 1)
    await eventually(() => seqs.length === 3)
    t.strictSame(seqs, upTo(before + 3, before + 1))
  })

  t.test('takes one who is ahead of the feed along from where that is', async (t) => {
    const { hub } = startHub(t, store)
    const before = store.lastSeq
    const { seqs, parser } = heard(t, hub.subscribe({}, before + 1_000))
    await settled()
    hub.beat()
    t.equal(parser.others.at(-1), `id: ${before}`)
    await make(store, 2)
    await eventually(() => seqs.length)
    t.strictSame(seqs, upTo(before + 2, before + 1))
  })

  t.test('ends one who comes after it has closed', async (t) => {
    const { hub } = startHub(t, store)
    hub.close()
    const { end } = heard(t, hub.subscribe({}))
    await eventually(() => end.ended)
    t.equal(hub.size, 0)
  })

  t.test('ends everyone when it closes, after what they were handed', async (t) => {
    const { hub } = startHub(t, store)
    const before = store.lastSeq
    const one = await live(t, hub)
    const slow = hub.subscribe({})
    t.teardown(() => slow.destroy())
    slow.read(0)
    await make(store, 2)
    await eventually(() => one.seqs.length === 2)
    hub.close()
    hub.beat()
    await make(store, 1)
    await eventually(() => one.end.ended)
    const late = heard(t, slow)
    await eventually(() => late.end.ended)
    t.strictSame(one.seqs, [before + 1, before + 2])
    t.strictSame(late.seqs, [before + 1, before + 2])
    t.equal(one.end.error, undefined)
    t.equal(late.end.error, undefined)
    t.equal(hub.size, 0)
    t.equal(hub.position, before + 2, 'it hears of nothing more')
  })

  t.test('ends everyone also where it closes in the midst of reading', async (t) => {
    const { hub, errors } = startHub(t, store)
    const { seqs, end } = await live(t, hub)
    const page = Promise.withResolvers<ChangePage>()
    const reads = t.capture(store, 'changes', () => page.promise)
    await make(store, 1)
    await eventually(() => reads().length)
    hub.close()
    page.resolve({ items: [change(store.lastSeq)], lastSeq: store.lastSeq })
    await eventually(() => end.ended)
    t.strictSame(seqs, [])
    t.equal(end.error, undefined)
    t.strictSame(errors, [])
  })
})
