import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { EventSource, MessageEvent } from 'undici'
import { HEARTBEAT_MS } from '../../feed/event.ts'
import type { Change } from '../../schemas/change.ts'
import { eventually } from '../helper.ts'
import { follow, openStream } from './event-stream.ts'
import { isError, offer, polled, startStill, UNKNOWN_ID } from './helper.ts'
import { CHANGES, caughtUp, listen, listenOn, NOW, page, STREAM, upTo } from './listener.ts'

/** How long `plugins/shutdown.ts` leaves clients to end. */
const CLIENT_GRACE_MS = 3_000

/** Ids of offers that are so long that a few polls fill what lies between service and client. */
const longIds = (length: number) =>
  Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(length)}`)

/** An app that listens, with the timers that it has set, and with what makes changes. */
async function startListening(t: Test, variables: Record<string, string> = {}) {
  const timers = t.capture(globalThis, 'setInterval', setInterval)
  const still = await startStill(t, NOW, variables)
  const { app, add } = still
  await listenOn(app)
  const { token } = await add('Mower', [[NOW, offer('x', 0)]])
  let price = 0

  /** Makes this many changes, all of one price. */
  async function make(count: number): Promise<void> {
    const polls = Array.from({ length: count }, () => {
      price += 1
      return polled(token, [NOW + price, offer('x', price)])
    })
    await app.store.settle(polls)
  }

  return { ...still, make, timers }
}

t.test('a stream', async (t) => {
  const { app, add, make, compact, time, timers } = await startListening(t)
  const { store, changeHub } = app

  t.test('delivers changes from now on', async (t) => {
    await make(1)
    const before = store.lastSeq
    const first = await listen(t, app)
    const second = await listen(t, app)
    await make(2)
    await caughtUp(app, first)
    await caughtUp(app, second)
    await make(1)
    for (const listener of [first, second]) {
      await eventually(() => listener.events.length === 3)
      t.strictSame(listener.changes(), (await page(app, `after=${before}`)).items)
    }
  })

  t.test('delivers only the changes of its filter', async (t) => {
    const { id, token } = await add('Saw')
    const other = await add('Hammer')
    const at = `after=${store.lastSeq}`
    const listeners = await Promise.all([
      listen(t, app, `${at}&product_id=${id}`),
      listen(t, app, `${at}&type=offer.listed`),
      listen(t, app, `${at}&type=offer.listed&product_id=${id}`),
      listen(t, app, `${at}&product_id=${UNKNOWN_ID}`),
    ])
    for (const listener of listeners) await caughtUp(app, listener)
    await store.settle([
      polled(token, [NOW, offer('x', 5)]),
      polled(other.token, [NOW, offer('y', 5)]),
      polled(token, [NOW + 1, offer('x', 6)]),
    ])
    for (const listener of listeners) await caughtUp(app, listener)
    t.strictSame(
      listeners.map((listener) =>
        listener.changes().map(({ type, offer_id }) => `${type} ${offer_id}`),
      ),
      [
        ['offer.listed x', 'offer.price_changed x'],
        ['offer.listed x', 'offer.listed y'],
        ['offer.listed x'],
        [],
      ],
    )
  })

  t.test('sends a heartbeat every 15 seconds', async (t) => {
    const listener = await listen(t, app)
    await caughtUp(app, listener)
    const before = listener.comments
    const [beat] = timers().filter(({ args }) => args[1] === HEARTBEAT_MS)
    t.ok(beat)
    beat?.args[0]()
    await eventually(() => listener.comments > before)
    t.strictSame(listener.events, [])
  })

  t.test('is counted among the metrics while it lasts', async (t) => {
    const clients = async () => {
      const { body } = await app.inject('/metrics')
      return Number(/^change_stream_clients (\d+)$/m.exec(body)?.[1])
    }
    await eventually(async () => (await clients()) === 0)
    const listeners = [await listen(t, app), await listen(t, app)]
    t.equal(await clients(), 2)
    for (const { response } of listeners) response.destroy()
    await eventually(async () => (await clients()) === 0)
  })

  t.test('is understood by an EventSource', async (t) => {
    t.capture(process, 'emitWarning') // That it is experimental.
    const source = new EventSource(`${app.listeningOrigin}${STREAM}?after=${store.lastSeq}`)
    t.teardown(() => source.close())
    const heard: { id: string; change: Change }[] = []
    source.addEventListener('offer.price_changed', (event) => {
      if (!(event instanceof MessageEvent)) return
      heard.push({ id: event.lastEventId, change: JSON.parse(event.data) })
    })
    source.addEventListener('message', () => t.fail('a heartbeat is no message'))
    await make(1)
    await eventually(() => heard.length === 1)
    changeHub.sendHeartbeats()
    await make(1)
    await eventually(() => heard.length === 2)
    const { items } = await page(app, `after=${store.lastSeq - 2}`)
    t.strictSame(
      heard,
      items.map((change) => ({ id: String(change.seq), change })),
    )
  })

  t.test('can be resumed by an EventSource that has seen no event yet', async (t) => {
    // It sends back the last `id` that it saw; without one it would miss changes during the break.
    const { others } = await listen(t, app)
    await eventually(() => others.length)
    t.ok(others.includes(`id: ${store.lastSeq}`), others.join(', '))
  })

  t.test('is broken off, and it is logged, where the changes cannot be read', async (t) => {
    const before = store.lastSeq
    const logged = t.capture(app.log, 'error')
    const listener = await listen(t, app)
    await caughtUp(app, listener)
    const damage = t.capture(store, 'changes', async () => {
      throw new Error('damaged')
    })
    await make(1)
    t.equal(await listener.closed, false)
    damage.restore()
    t.strictSame(listener.events, [])
    t.match(logged().at(0)?.args, [
      { err: { message: 'damaged' } },
      'could not read the changes; streams were ended and clients must resume them',
    ])
    const resumed = await listen(t, app, `after=${before}`)
    await caughtUp(app, resumed)
    t.strictSame(resumed.ids(), [before + 1])
  })

  t.test('that is read too slowly is cut off, and resumes without loss', async (t) => {
    const ids = longIds(4_000)
    const { token } = await add('Saw')
    const before = store.lastSeq
    await eventually(() => changeHub.size === 0)
    const response = await openStream(`${app.listeningOrigin}${STREAM}?after=${before}`)
    let polls = 0
    while (changeHub.size > 0 && polls < 200) {
      polls += 1
      await store.settle([polled(token, [NOW + polls, ...ids.map((id) => offer(id, polls))])])
    }
    t.equal(changeHub.size, 0, 'it is disconnected')

    const slow = follow(t, response)
    t.equal(await slow.closed, false)
    const last = slow.ids().at(-1) ?? before
    t.ok(last < store.lastSeq)
    const resumed = await listen(t, app, '', { 'last-event-id': String(last) })
    await eventually(() => resumed.ids().at(-1) === store.lastSeq)
    t.strictSame([...slow.ids(), ...resumed.ids()], upTo(store.lastSeq, before + 1))
  })

  t.test('that begins before the feed is refused', async (t) => {
    await make(1)
    time.now = NOW + 60_000 // No change lies in the future, which is kept.
    while (await compact({ rollBefore: 0, rawBefore: 0, changesBefore: NOW + 86_400_000 }));
    const last = store.lastSeq
    const message = `The changes after 1 are gone; those after ${last} are kept`
    for (const url of [`${CHANGES}?after=1`, `${STREAM}?after=1`]) {
      isError(t, await app.inject(url), 410, message, 'CHANGES_COMPACTED')
    }
    const resumed = await app.inject({ url: STREAM, headers: { 'last-event-id': '1' } })
    isError(t, resumed, 410, message, 'CHANGES_COMPACTED')
    t.strictSame(await page(app), { items: [], last_seq: last })
    const listener = await listen(t, app, `after=${last}`)
    await make(1)
    await eventually(() => listener.events.length)
    t.strictSame(listener.ids(), [last + 1])
  })

  t.test('that let nothing through for as long as changes are kept can be resumed', async (t) => {
    const query = `product_id=${UNKNOWN_ID}`
    const began = store.lastSeq
    const listener = await listen(t, app, query)
    await make(3)
    await caughtUp(app, listener)
    t.strictSame(listener.events, [])
    t.equal(listener.others.at(-1), `id: ${began + 3}`)
    while (await compact({ rollBefore: 0, rawBefore: 0, changesBefore: NOW + 86_400_000 }));
    for (const [id, status] of [
      [began, 410],
      [began + 3, 200],
    ] as const) {
      const { response } = await listen(t, app, query, { 'last-event-id': id })
      t.equal(response.statusCode, status, `from ${id}`)
    }
  })
})

t.test('if a token is set, a stream requires it', async (t) => {
  const { app } = await startListening(t, { API_TOKEN: 'write', API_READ_TOKEN: 'read' })
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  for (const headers of [{}, bearer('wrong')]) {
    t.equal((await app.inject({ url: STREAM, headers })).statusCode, 401)
    t.equal((await app.inject({ url: CHANGES, headers })).statusCode, 401)
  }
  t.equal(app.changeHub.size, 0)
  for (const token of ['write', 'read']) {
    const listener = await listen(t, app, 'after=0', bearer(token))
    await caughtUp(app, listener)
    t.strictSame(listener.ids(), [1, 2, 3], token)
  }
})

t.test('when the service stops, streams end, and those not read are cut off', async (t) => {
  const { app, add, make } = await startListening(t)
  const ids = longIds(2_000)
  const { token } = await add('Saw')
  const subscribe = t.capture(
    app.changeHub,
    'subscribe',
    app.changeHub.subscribe.bind(app.changeHub),
  )
  const unread = await openStream(`${app.listeningOrigin}${STREAM}`)
  t.teardown(() => unread.destroy())
  const [waiting] = subscribe().flatMap((call) => ('returned' in call ? call.returned : []))
  const isStuck = async () => {
    for (let turn = 0; turn < 20; turn++) await nextTurn()
    return Number(waiting?.readableLength) > 600_000
  }
  // Until what lies between the two is full, and some of what comes waits here.
  for (let poll = 1; poll < 200 && !(await isStuck()); poll++) {
    await app.store.settle([polled(token, [NOW + poll, ...ids.map((id) => offer(id, poll))])])
  }
  t.ok(await isStuck())
  const after = app.store.lastSeq
  const past = await listen(t, app, `after=${after}`)
  const filtered = await listen(t, app, `product_id=${UNKNOWN_ID}`)
  await caughtUp(app, past)
  await caughtUp(app, filtered)
  await make(3)
  await eventually(() => app.changeHub.position === after + 3)

  const timers = t.capture(globalThis, 'setTimeout', setTimeout)
  const closing = app.close()
  t.strictSame(await Promise.all([past.closed, filtered.closed]), [true, true])
  t.strictSame(past.ids(), upTo(after + 3, after + 1))
  const [grace] = timers().filter(({ args }) => args[1] === CLIENT_GRACE_MS)
  t.ok(grace)
  grace?.args[0]()
  await closing
  t.equal(await follow(t, unread).closed, false)
})
