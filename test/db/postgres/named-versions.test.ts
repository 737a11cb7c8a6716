import { randomUUIDv7 } from 'node:crypto'
import t from 'tap'
import { postgresDatabase } from '../../postgres/database.ts'
import { instance } from './instances.ts'

const CONDITION = { type: 'price_below' as const, price: 100 }

/** How many of some changes were made; the others found another version. */
async function made(changes: Promise<unknown>[]): Promise<number> {
  const results = await Promise.allSettled(changes)
  for (const result of results) {
    if (result.status === 'rejected' && result.reason.code !== 'VERSION_MISMATCH') {
      throw result.reason
    }
  }
  return results.filter(({ status }) => status === 'fulfilled').length
}

t.test('of changes by several instances that name one version one is made', async (t) => {
  const url = await postgresDatabase(t)
  const stores = [await instance(t, url), await instance(t, url)]
  const [first] = stores
  if (!first) throw new Error('there is no instance')
  const rule = { condition: CONDITION, rearm_percent: 0, cooldown_s: 0, fire_if_true: false }
  const { id } = await first.createAlert({
    ...{ name: 'a', productId: null, tag: null, rule, enabled: true },
  })
  const webhook = randomUUIDv7()
  const settings = { url: 'https://receiver.example/', types: [], productId: null, tag: null }
  const more = { batchSize: 1, enabled: true, secret: 'whsec_AAAA' }
  await first.createWebhook({ id: webhook, ...settings, ...more }, 9)
  for (let round = 1; round <= 20; round++) {
    const { updated_at } = await first.alert(id)
    const versions = [Date.parse(updated_at)]
    const renamed = stores.map((store, n) =>
      store.updateAlert(id, { name: `${round} ${n}` }, versions),
    )
    t.equal(await made(renamed), 1, `round ${round}, alert`)
    const change = { type: 'settings', batchSize: round } as const
    const changed = stores.map((store) => store.changeWebhook(webhook, change, [round]))
    t.equal(await made(changed), 1, `round ${round}, webhook`)
  }
  const { updated_at } = await first.alert(id)
  const deletions = stores.map((store) => store.deleteAlert(id, [Date.parse(updated_at)]))
  const [one, other] = await Promise.allSettled(deletions)
  t.same([one?.status, other?.status].sort(), ['fulfilled', 'rejected'])
})
