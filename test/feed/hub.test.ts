import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openStore } from '../../db/open.ts'
import type { ChangePage, ChangeQuery, Store } from '../../db/store.ts'
import { eventOf } from '../../feed/event.ts'
import { eventually, temporaryFolder } from '../helper.ts'
import { AT, change, heard, live, MIB, settled, sized, startHub, upTo } from './subscribers.ts'

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

t.test('a hub', async (t) => {
  const store = await startStore(t)

  t.test('delivers every change to every subscription, however it began', async (t) => {
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

  t.test('counts its subscriptions', async (t) => {
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

  t.test('reads nothing without listeners', async (t) => {
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

  t.test(
    'delivers to a subscription that still reads the past only when it has caught up',
    async (t) => {
      const { hub } = startHub(t, store)
      const before = store.lastSeq
      const { release } = holdReads(t, store)
      await make(store, 2)
      const { seqs, parser } = heard(t, hub.subscribe({}, before))
      await settled()
      await make(store, 2)
      hub.sendHeartbeats()
      t.equal(parser.comments, 0)
      release()
      await eventually(() => seqs.length === 4)
      t.strictSame(seqs, upTo(before + 4, before + 1))
    },
  )

  t.test('names no undelivered change in the heartbeat', async (t) => {
    const { hub } = startHub(t, store)
    const before = store.lastSeq
    const { seqs, parser } = await live(t, hub)
    const { release } = holdReads(t, store)
    await make(store, 2)
    hub.sendHeartbeats()
    t.equal(parser.others.at(-1), `id: ${before}`)
    release()
    await eventually(() => seqs.length === 2)
    hub.sendHeartbeats()
    t.equal(parser.others.at(-1), `id: ${before + 2}`)
  })

  t.test('delivers nothing twice to a subscription that became live during a read', async (t) => {
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

  t.test('does not take back a subscription that was destroyed', async (t) => {
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

  t.test('disconnects live subscriptions if it cannot read, then continues', async (t) => {
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

  t.test(
    'continues a subscription that is ahead of the feed from the end of the feed',
    async (t) => {
      const { hub } = startHub(t, store)
      const before = store.lastSeq
      const { seqs, parser } = heard(t, hub.subscribe({}, before + 1_000))
      await settled()
      hub.sendHeartbeats()
      t.equal(parser.others.at(-1), `id: ${before}`)
      await make(store, 2)
      await eventually(() => seqs.length)
      t.strictSame(seqs, upTo(before + 2, before + 1))
    },
  )

  t.test('ends a subscription that comes after it has closed', async (t) => {
    const { hub } = startHub(t, store)
    hub.close()
    const { end } = heard(t, hub.subscribe({}))
    await eventually(() => end.ended)
    t.equal(hub.size, 0)
  })

  t.test('ends every subscription when it closes, after what it was handed', async (t) => {
    const { hub } = startHub(t, store)
    const before = store.lastSeq
    const one = await live(t, hub)
    const slow = hub.subscribe({})
    t.teardown(() => slow.destroy())
    slow.read(0)
    await make(store, 2)
    await eventually(() => one.seqs.length === 2)
    hub.close()
    hub.sendHeartbeats()
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

  t.test('ends every subscription even if it closes during a read', async (t) => {
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
