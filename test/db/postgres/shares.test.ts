/** How evenly instances share the work, and that no part of it is counted twice. */
import t from 'tap'
import type { PostgresStore } from '../../../db/postgres/store.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { beat, catalogue, instance, sum } from './instances.ts'

type Starts = (open: () => Promise<PostgresStore>, count: number) => Promise<PostgresStore[]>

const STARTS: [how: string, start: Starts][] = [
  ['start together', (open, count) => Promise.all(Array.from({ length: count }, open))],
  [
    'start one after the other',
    async (open, count) => {
      const stores: PostgresStore[] = []
      while (stores.length < count) {
        stores.push(await open())
        await beat(stores)
      }
      return stores
    },
  ],
  [
    'are left by another',
    async (open, count) => {
      const stores = await Promise.all(Array.from({ length: count + 1 }, open))
      await beat(stores)
      await stores.shift()?.close()
      return stores
    },
  ],
]
// Shards were taken in their order, so that one instance had all products of a small catalogue.
for (const [how, start] of STARTS) {
  for (const count of [2, 3, 4]) {
    t.test(`${count} instances that ${how} share 40 products evenly`, async (t) => {
      const url = await postgresDatabase(t)
      const stores = await start(() => instance(t, url), count)
      await beat(stores)
      await catalogue(stores, 40)
      const shares = await Promise.all(stores.map((store) => store.share()))
      t.equal(sum(shares), 40)
      for (const share of shares) t.ok(Math.abs(share - 40 / count) <= 3, `${shares}`)
    })
  }
}

t.test('the parts of the work never add up to more than all of it', async (t) => {
  const url = await postgresDatabase(t)
  const stores: PostgresStore[] = []
  const parts = () => sum(stores.map((store) => store.partOfWork()))
  for (let count = 1; count <= 3; count++) {
    stores.push(await instance(t, url))
    t.ok(parts() <= 1, `when ${count} have just started`)
    for (const store of [...stores, ...stores]) {
      await store.renewLease()
      t.ok(parts() <= 1, `while ${count} share it: ${parts()}`)
    }
    t.equal(parts(), 1, `when ${count} have shared it`)
  }
  await stores.shift()?.close()
  t.ok(parts() < 1, 'when one has left')
  await beat(stores)
  t.equal(parts(), 1)
})
