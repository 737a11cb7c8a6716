import t from 'tap'
import type { Change } from '../../schemas/change.ts'
import { accept, type Receiver, startReceiver, status } from '../feed/webhooks/receiver.ts'
import { eventually, temporaryFolder } from '../helper.ts'
import { type App, create } from './helper.ts'
import { createWebhook, patchWebhook, readWebhook, startWebhooks } from './webhooks-helper.ts'

const PRODUCTS = '/api/v1/products'

const changesAt = ({ arrivals }: Receiver) =>
  arrivals.flatMap(({ body }): Change[] => {
    const { data } = JSON.parse(body)
    return data.items ?? [data]
  })

const patch = (app: App, id: string, payload: object) =>
  app.inject({ method: 'PATCH', url: `${PRODUCTS}/${id}`, payload })

const remove = (app: App, id: string) => app.inject({ method: 'DELETE', url: `${PRODUCTS}/${id}` })

t.test('a webhook with a tag gets the changes of products that have it', async (t) => {
  const receiver = await startReceiver(t)
  const { app } = await startWebhooks(t)
  const webhook = await createWebhook(app, { url: receiver.url, tag: ' cafe\u0301 ' })
  t.equal(webhook.tag, 'café')
  const tagged = await create(app, { name: 'a', tags: ['café', 'x'] })
  const other = await create(app, { name: 'b', tags: ['Café'] })
  await patch(app, other.id, { name: 'c' })
  await patch(app, other.id, { tags: ['café'] })
  await patch(app, other.id, { tags: [] })
  await patch(app, other.id, { name: 'd' })
  await remove(app, other.id)
  await remove(app, tagged.id)
  await eventually(async () => (await readWebhook(app, webhook.id)).lag === 0)
  t.match(changesAt(receiver), [
    { type: 'product.created', product_id: tagged.id },
    { type: 'product.updated', product_id: other.id, seq: 4 },
    { type: 'product.updated', product_id: other.id, seq: 5 },
    { type: 'product.deleted', product_id: tagged.id, tags: ['café', 'x'] },
  ])
})

for (const batchSize of [1, 100]) {
  t.test(`a message stays the same when tags change between attempts: ${batchSize}`, async (t) => {
    const receiver = await startReceiver(t, status(500))
    const DATABASE_URL = `file:${await temporaryFolder(t)}/test.db`
    const { app } = await startWebhooks(t, { DATABASE_URL })
    const all = [
      await create(app, { name: 'a', tags: ['deal'] }),
      await create(app, { name: 'b' }),
      await create(app, { name: 'c', tags: ['deal'] }),
    ]
    const { id } = await createWebhook(app, {
      ...{ url: receiver.url, tag: 'deal', batch_size: batchSize },
    })
    for (const product of all) await patch(app, product.id, { name: 'd' })
    await eventually(async () => (await readWebhook(app, id)).failures === 1)
    const [untagged, retagged, deleted] = all
    await patch(app, untagged?.id ?? '', { tags: [] })
    await patch(app, retagged?.id ?? '', { tags: ['deal'] })
    await remove(app, deleted?.id ?? '')
    await app.close()
    receiver.answer = accept
    const again = await startWebhooks(t, { DATABASE_URL })
    again.time.now += 60_000
    await eventually(async () => (await readWebhook(again.app, id)).lag === 0)
    const [first, second] = receiver.arrivals
    t.equal(second?.body, first?.body)
    t.equal(second?.headers['webhook-id'], first?.headers['webhook-id'])
    const seqs = changesAt(receiver).map(({ seq }) => seq)
    t.same(new Set(seqs), new Set([4, 6, 7, 8, 9]), 'what had the tag then, once for each attempt')
  })
}

t.test('a tag can be set and removed, and a product filter applies, too', async (t) => {
  const receiver = await startReceiver(t)
  const { app } = await startWebhooks(t)
  const { id } = await createWebhook(app, { url: receiver.url, tag: 'a' })
  const one = await create(app, { name: 'a', tags: ['b'] })
  const two = await create(app, { name: 'b', tags: ['b'] })
  await eventually(async () => (await readWebhook(app, id)).lag === 0)
  const narrowed = await patchWebhook(app, id, { tag: 'b', product_id: two.id.toUpperCase() })
  t.match(narrowed.json(), { tag: 'b', product_id: two.id })
  await patch(app, one.id, { name: 'c' })
  await patch(app, two.id, { name: 'c' })
  await eventually(async () => (await readWebhook(app, id)).lag === 0)
  t.match((await patchWebhook(app, id, { tag: null, product_id: null })).json(), {
    ...{ tag: null, product_id: null },
  })
  await patch(app, one.id, { name: 'd' })
  await eventually(async () => (await readWebhook(app, id)).lag === 0)
  t.same(
    changesAt(receiver).map(({ seq }) => seq),
    [4, 5],
  )
})
