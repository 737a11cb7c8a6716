/** Webhooks of several instances, one of which is killed. */
import type { ServerResponse } from 'node:http'
import t from 'tap'
import type { Webhook } from '../../schemas/webhook.ts'
import { type Arrival, accept, startReceiver } from '../feed/webhooks/receiver.ts'
import { eventually } from '../helper.ts'
import { call, type Running, SERVICE, start } from '../process.ts'
import { postgresDatabase } from './database.ts'

const PRODUCTS = '/api/v1/products'

/** The changes in a message. */
const seqsIn = ({ body }: Arrival): number[] => {
  const { data } = JSON.parse(body)
  return (data.items ?? [data]).map(({ seq }: { seq: number }) => seq)
}

const upTo25 = Array.from({ length: 25 }, (_, n) => n + 1)

async function webhooksOf({ url }: Running): Promise<Webhook[]> {
  return (await call('GET', `${url}/api/v1/webhooks`)).json.items
}

/** How many webhooks an instance delivers for. */
async function owned({ url }: Running): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^\w*webhooks (\d+)$/m.exec(metrics)?.[1])
}

for (const batchSize of [1, 4]) {
  t.test(`another instance goes on in mid-message, ${batchSize} changes in each`, async (t) => {
    const held = Promise.withResolvers<ServerResponse>()
    let index = 0
    const receiver = await startReceiver(t, (response, arrival) => {
      index += 1
      if (index === 3) held.resolve(response)
      else accept(response, arrival, index)
    })
    const variables = {
      ...{ PORT: '0', OFFERS_BASE_URL: 'http://127.0.0.1:1/api/v1', WEBHOOK_ALLOW_PRIVATE: 'true' },
      ...{ DATABASE_URL: await postgresDatabase(t), WEBHOOK_TIMEOUT_MS: '60000' },
    }
    const instances = await Promise.all([
      start(t, SERVICE, variables),
      start(t, SERVICE, variables),
    ])
    const [{ url }] = instances
    await call('POST', `${url}/api/v1/webhooks`, { url: receiver.url, batch_size: batchSize })
    const create = (at: string) => call('POST', `${at}${PRODUCTS}`, { name: 'Saw' })
    for (let n = 0; n < 20; n++) await create(url)
    await held.promise
    const counts = await Promise.all(instances.map(owned))
    t.same([...counts].sort(), [0, 1], 'one of them delivers')
    const killed = instances[counts.indexOf(1)]
    const other = instances[counts.indexOf(0)]
    if (!killed || !other) throw new Error('nobody delivers')
    const broken = receiver.arrivals.length
    killed.child.kill('SIGKILL')
    for (let n = 0; n < 5; n++) await create(other.url)
    await eventually(async () => (await webhooksOf(other))[0]?.cursor === 25)
    t.equal(await owned(other), 1)
    const last = receiver.arrivals[broken - 1]
    const again = receiver.arrivals
      .slice(broken)
      .find(({ headers }) => headers['webhook-id'] === last?.headers['webhook-id'])
    t.equal(again?.body, last?.body, 'the message that was under way comes again, as it was')
    const seqs = new Set(receiver.arrivals.flatMap(seqsIn))
    t.same([...seqs], upTo25, 'each came at least once, in order')
  })
}
