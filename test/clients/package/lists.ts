import { createClient } from 'product-aggregator-client'
import { fails, failure, same } from './expect.ts'
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

  async 'gives the items of a list whose path has an id'({ url, token, productId }) {
    const client = createClient({ baseUrl: url, token })
    const { data: alert } = await client.POST('/api/v1/alerts', {
      body: {
        name: 'Cheap',
        product_id: productId,
        condition: { type: 'price_below', price: 1 },
      },
    })
    const path = { id: alert?.id ?? '' }
    for await (const firing of client.paginate('/api/v1/alerts/{id}/firings', {}, { path })) {
      same(firing, 'none')
    }
    // @ts-expect-error: the id is missing.
    await fails(client.paginate('/api/v1/alerts/{id}/firings').next(), { status: 400 })
  },

  async 'ends a list between two pages'({ url, token }) {
    const client = createClient({ baseUrl: url, token })
    const items = [{ name: 'Ended 1' }, { name: 'Ended 2' }]
    await client.POST(`${PRODUCTS}/batch`, { body: { items } })
    const ended = new AbortController()
    const options = { signal: ended.signal }
    const list = client.paginate(PRODUCTS, { q: 'ended', limit: 1 }, options)
    same((await list.next()).value?.name, 'Ended 1')
    const reason = new Error('enough')
    ended.abort(reason)
    same((await failure(list.next())) === reason, true, 'whether it ends with the reason')
  },
} satisfies Record<string, Use>
