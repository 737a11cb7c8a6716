import { Readable } from 'node:stream'
import t from 'tap'
import type { ChangePage } from '../../db/store.ts'
import { eventOf, HEARTBEAT_MS, heartbeat } from '../../feed/event.ts'
import { type ChangeFilter, Subscription } from '../../feed/subscription.ts'
import type { Change } from '../../schemas/change.ts'
import { eventually } from '../helper.ts'
import { EventParser } from '../routes/event-stream.ts'
import { FakeSource } from './fake-source.ts'
import { AT, change, feedOf, heard, MIB, settled, sized, upTo } from './subscribers.ts'

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

t.test('a heartbeat is not an event, but has an id', (t) => {
  const parser = new EventParser()
  t.strictSame(parser.take(heartbeat(1042)), [])
  t.equal(parser.comments, 1)
  t.strictSame(parser.others, ['id: 1042'])
  t.equal(HEARTBEAT_MS, 15_000)
  t.end()
})

t.test('a subscription', async (t) => {
  t.test('begins with the retry time, which is not an event', async (t) => {
    const subscription = new Subscription(new FakeSource([]), {}, 0)
    t.teardown(() => subscription.destroy())
    const parser = new EventParser()
    t.strictSame(parser.take(String(subscription.read())), [])
    t.ok(parser.others.includes('retry: 2000'))
  })

  t.test('delivers the past from its position, and then becomes live', async (t) => {
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

  t.test('continues through parts of the feed that have nothing for it', async (t) => {
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

  t.test('is read ahead a little until it is consumed', async (t) => {
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
  })

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

  t.test(
    'reads on where others are handed changes that its last read began too early to see',
    async (t) => {
      const feed = feedOf(3)
      const source = new FakeSource(feed)
      const read = source.changes.bind(source)
      source.changes = async (query) => {
        const page = await read(query)
        if (source.queries.length === 1) {
          feed.push(change(4), change(5))
          source.position = 5
        }
        return page
      }
      const subscription = new Subscription(source, {}, 3)
      const { seqs, end } = heard(t, subscription)
      await eventually(() => source.joined.length || end.error)
      t.strictSame(source.joined, [subscription])
      await settled()
      t.strictSame(seqs, [4, 5])
    },
  )

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
    subscription.sendHeartbeat()
    subscription.sendHeartbeat()
    t.equal(parser.comments, 2)
  })

  t.test('names in the heartbeat how far its client has missed nothing', async (t) => {
    const source = new FakeSource(feedOf(5))
    source.position = 3
    const subscription = new Subscription(source, { type: 'offer.listed' }, 0)
    const { seqs, parser } = heard(t, subscription)
    await eventually(() => source.joined.length)
    subscription.sendHeartbeat()
    t.equal(parser.others.at(-1), 'id: 5', 'it has read further than the live ones')
    source.position = 9
    subscription.sendHeartbeat()
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
    subscription.sendHeartbeat()
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
