import { createClient } from 'product-aggregator-client'
import { fails, same } from './expect.ts'
import { PRODUCTS, type Use } from './service.ts'

export const lists = {
  async 'gives all items of a list, page after page'({ url, token }) {
    const client = createClient({ baseUrl: url, token })
    const items = Array.from({ length: 25 }, (_, index) => ({ name: `Paged ${index}` }))
    await client.POST(`${PRODUCTS}/batch`, { body: { items } })
    const names: string[] = []
    for await (const { name } of client.paginate(PRODUCTS, { q: 'paged', limit: 10 })) {
      names.push(name)
    }
    same(
      names,
      items.map(({ name }) => name),
    )
    const refused = createClient({ baseUrl: url }).paginate(PRODUCTS)
    await fails(refused.next(), { name: 'RefusedError', status: 401 })
  },
} satisfies Record<string, Use>
