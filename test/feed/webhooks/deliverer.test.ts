import t, { type Test } from 'tap'
import type { DeliveryState, WebhookTask, WebhookToken } from '../../../db/store.ts'
import { Deliverer } from '../../../feed/webhooks/deliverer.ts'
import { AddressGuard } from '../../../feed/webhooks/guard.ts'
import { eventually } from '../../helper.ts'
import { TASK } from './endpoint-on.ts'
import { Feed } from './feed.ts'
import { hang, type Receiver, startReceiver, status } from './receiver.ts'

/** A store of webhooks in memory. */
class Webhooks extends Feed {
  readonly clock = () => 1_000
  tasks: WebhookTask[] = []
  readonly saved: (DeliveryState & { token: WebhookToken })[] = []
  /** Tokens that are no longer good. */
  refused: WebhookToken[] = []
  failure: Error | undefined

  async takeWebhooks() {
    if (this.failure) throw this.failure
    return this.tasks
  }

  async saveDeliveries(states: (DeliveryState & { token: WebhookToken })[]) {
    if (this.failure) throw this.failure
    this.saved.push(...states.filter(({ token }) => !this.refused.includes(token)))
    return this.refused.filter((token) => states.some((state) => state.token === token))
  }
}

/** A deliverer for a store, closed after the test, and what it told. */
function delivererFor(t: Test, store: Webhooks) {
  const told: unknown[] = []
  const deliverer = new Deliverer({
    ...{ store, timeoutMs: 60_000, proxy: undefined, random: () => 0, waitMs: () => 0 },
    guard: new AddressGuard({ allowPrivate: true, proxied: false }),
    observer: {
      attempted: (isDelivered) => told.push(isDelivered),
      failed: (id, error) => told.push([id, error]),
      disabled: (id, why) => told.push([id, why]),
      storeFailed: (error) => told.push(error),
    },
  })
  t.teardown(() => deliverer.close())
  return { deliverer, told }
}

const task = ({ url }: Receiver, id: string, token = id): WebhookTask => ({
  ...TASK,
  id,
  url,
  token,
})

/** What arrived, by the places of the changes. */
const seqsAt = ({ arrivals }: Receiver) => arrivals.map(({ body }) => JSON.parse(body).data.seq)

t.test('each webhook gets the changes, from its own place on', async (t) => {
  const [one, other] = [await startReceiver(t), await startReceiver(t)]
  const store = new Webhooks(3)
  store.tasks = [task(one, 'one'), { ...task(other, 'other'), cursor: 2 }]
  const { deliverer, told } = delivererFor(t, store)
  t.same([deliverer.size, deliverer.lag], [0, 0])
  await deliverer.refresh()
  t.equal(deliverer.size, 2)
  await eventually(() => deliverer.lag === 0)
  store.add(1)
  await eventually(() => deliverer.lag === 0)
  t.same(seqsAt(one), [1, 2, 3, 4])
  t.same(seqsAt(other), [3, 4])
  t.same(told, Array(6).fill(true))
})

t.test('how far deliveries came is recorded together, and once', async (t) => {
  const receiver = await startReceiver(t)
  const store = new Webhooks(2)
  store.tasks = [task(receiver, 'one'), task(receiver, 'other')]
  const { deliverer } = delivererFor(t, store)
  await deliverer.refresh()
  await eventually(() => deliverer.lag === 0)
  await deliverer.flush()
  await deliverer.flush()
  t.match(store.saved, [
    { token: 'one', cursor: 2 },
    { token: 'other', cursor: 2 },
  ])
})

t.test('if that cannot be recorded, it is logged, and recorded later', async (t) => {
  const receiver = await startReceiver(t)
  const store = new Webhooks(2)
  store.tasks = [task(receiver, 'one')]
  const { deliverer, told } = delivererFor(t, store)
  await deliverer.refresh()
  await eventually(() => deliverer.lag === 0)
  told.length = 0
  store.failure = new Error('full')
  await deliverer.flush()
  await deliverer.refresh()
  t.same(told, [store.failure, store.failure])
  t.equal(deliverer.size, 1, 'it goes on with those that it has')
  store.failure = undefined
  await deliverer.flush()
  t.match(store.saved, [{ token: 'one', cursor: 2 }])
})

t.test('if the feed cannot be read, that is logged, and it is read later', async (t) => {
  const receiver = await startReceiver(t)
  const store = new Webhooks(2)
  store.tasks = [task(receiver, 'one')]
  store.fault = new Error('broken')
  const { deliverer, told } = delivererFor(t, store)
  await deliverer.refresh()
  await eventually(() => told.length > 0)
  t.equal(told[0], store.fault)
  store.fault = undefined
  deliverer.wake()
  await eventually(() => deliverer.lag === 0)
  t.same(seqsAt(receiver), [1, 2])
})

t.test('a receiver that fails is counted, and is named', async (t) => {
  const receiver = await startReceiver(t, status(500))
  const store = new Webhooks(1)
  store.tasks = [task(receiver, 'one')]
  const { deliverer, told } = delivererFor(t, store)
  await deliverer.refresh()
  await eventually(() => told.length === 2)
  t.same(told, [false, ['one', 'The receiver answered 500']])
  t.same([deliverer.failing, deliverer.lag], [1, 1])
})

t.test('a webhook that is disabled is named, with the reason', async (t) => {
  const receiver = await startReceiver(t, status(410))
  const store = new Webhooks(1)
  store.tasks = [task(receiver, 'one')]
  const { deliverer, told } = delivererFor(t, store)
  await deliverer.refresh()
  await eventually(() => told.length === 2)
  t.same(told[1], ['one', 'The receiver answered 410, which ends the deliveries'])
})

t.test('a change of a webhook is followed, and what is gone gets nothing more', async (t) => {
  const [before, after, gone] = [
    await startReceiver(t),
    await startReceiver(t),
    await startReceiver(t),
  ]
  const store = new Webhooks(1)
  store.tasks = [task(before, 'one'), task(gone, 'gone')]
  const { deliverer } = delivererFor(t, store)
  await deliverer.refresh()
  await eventually(() => deliverer.lag === 0)
  store.tasks = [{ ...task(after, 'one', 'changed'), cursor: 1 }]
  await deliverer.refresh()
  t.equal(deliverer.size, 1)
  store.add(1)
  await eventually(() => deliverer.lag === 0)
  t.same([before, after, gone].map(seqsAt), [[1], [2], [1]])
})

t.test('deliveries stop at once for a webhook that another instance has taken over', async (t) => {
  const receiver = await startReceiver(t)
  const store = new Webhooks(1)
  store.tasks = [task(receiver, 'one')]
  const { deliverer } = delivererFor(t, store)
  await deliverer.refresh()
  await eventually(() => deliverer.lag === 0)
  store.refused = ['one']
  store.tasks = []
  await deliverer.flush()
  await eventually(() => deliverer.size === 0)
  store.add(1)
  t.same(seqsAt(receiver), [1])
})

t.test('deliveries also stop if the failure is for another instance to record', async (t) => {
  const receiver = await startReceiver(t, status(500))
  const store = new Webhooks(1)
  store.tasks = [task(receiver, 'one')]
  store.refused = ['one']
  const { deliverer } = delivererFor(t, store)
  await deliverer.refresh()
  store.tasks = []
  await eventually(() => deliverer.size === 0)
  t.same(store.saved, [])
})

t.test('it closes with what was delivered recorded, and begins nothing more', async (t) => {
  const receiver = await startReceiver(t)
  const store = new Webhooks(2)
  store.tasks = [task(receiver, 'one')]
  const { deliverer } = delivererFor(t, store)
  await deliverer.refresh()
  await eventually(() => deliverer.lag === 0)
  await deliverer.close()
  t.match(store.saved, [{ cursor: 2 }])
  t.equal(store.listeners, 0)
  store.tasks = [task(receiver, 'one'), task(receiver, 'other')]
  await deliverer.refresh()
  t.equal(deliverer.size, 1)
})

t.test('while requests are served, messages wait', async (t) => {
  const receiver = await startReceiver(t)
  const store = new Webhooks(3)
  store.tasks = [task(receiver, 'one')]
  const waits = [1, 2, 3]
  const deliverer = new Deliverer({
    ...{ store, timeoutMs: 60_000, proxy: undefined, random: () => 0 },
    waitMs: () => waits.pop() ?? 0,
    guard: new AddressGuard({ allowPrivate: true, proxied: false }),
    observer: { attempted() {}, failed() {}, disabled() {}, storeFailed() {} },
  })
  t.teardown(() => deliverer.close())
  await deliverer.refresh()
  await eventually(() => deliverer.lag === 0 && waits.length === 0)
  t.same(seqsAt(receiver), [1, 2, 3])
})

// The call that deleted such a webhook was answered when receivers that hung had timed out, as the stop of the service
// ended then.
t.test('a webhook whose attempt waits for those of others ends without them', async (t) => {
  const [hanging, waiting] = [await startReceiver(t, hang), await startReceiver(t)]
  const store = new Webhooks(1)
  const failing = (receiver: Receiver, id: string) => ({ ...task(receiver, id), failures: 1 })
  const others = Array.from({ length: 16 }, (_, n) => failing(hanging, `hanging ${n}`))
  store.tasks = others
  const { deliverer, told } = delivererFor(t, store)
  await deliverer.refresh()
  await eventually(() => hanging.arrivals.length === 16)
  store.tasks = [...others, failing(waiting, 'deleted'), failing(waiting, 'kept')]
  await deliverer.refresh()
  await new Promise(setImmediate)
  store.tasks = [...others, failing(waiting, 'kept')]
  await deliverer.refresh()
  t.equal(deliverer.size, 17)
  t.same(told, [])
  store.tasks = [failing(waiting, 'kept')]
  await deliverer.refresh()
  await eventually(() => deliverer.lag === 0)
  t.equal(waiting.arrivals.length, 1)
})
