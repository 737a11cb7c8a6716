/**
 * An instance in a process of its own that writes without a pause until it is ended: `busy-instance.ts URL`. It changes
 * the products that it finds and creates others, so that the transactions that it has open hold locks of all kinds.
 */
import { randomUUIDv7 } from 'node:crypto'
import { openPostgresStore } from '../../../db/postgres/store.ts'

const store = await openPostgresStore(process.argv[2] ?? '', {
  clock: Date.now,
  newId: randomUUIDv7,
  staleAfterMs: 180_000,
})
const { items } = await store.products({ sort: 'name', words: [], limit: 10 })
process.send?.('ready')
for (let n = 0; ; n++) {
  await Promise.allSettled([
    ...items.map(({ id }) => store.updateProduct(id, { description: `${n}` })),
    store.createProducts(Array.from({ length: 20 }, () => ({ name: `${n}` }))),
  ])
}
