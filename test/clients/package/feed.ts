import { type Change, createClient } from 'product-aggregator-client'
import { fails, same } from './expect.ts'
import { PRODUCTS, type Use } from './service.ts'

/** A `fetch`, and a promise of when it is asked for the stream of changes a second time. */
function connecting() {
  let asked = 0
  let tell = () => {}
  const again = new Promise<void>((resolve) => {
    tell = resolve
  })
  async function fetchAndCount(input: Request | URL | string) {
    const request = new Request(input)
    if (request.url.includes('/stream') && ++asked === 2) tell()
    return await fetch(request)
  }
  return { again, fetch: fetchAndCount }
}

export const feed = {
  async 'follows the changes over a break'({ url, token, hangUp }) {
    const { again, fetch } = connecting()
    const client = createClient({ baseUrl: url, token, fetch })
    const { data: status } = await client.GET('/api/v1/status')
    const after = status?.last_seq ?? 0
    const create = async (name: string) =>
      (await client.POST(PRODUCTS, { body: { name } })).data?.id
    await create('Before the break')
    const second = again.then(() => create('After the break'))
    let secondId: string | undefined
    const seen: Change[] = []
    for await (const change of client.changes({ after })) {
      seen.push(change)
      if (seen.length === 1) {
        hangUp()
        second.then((id) => {
          secondId = id
        })
      }
      if (change.product_id === secondId) break // At its registration at the latest.
    }
    same(
      seen.map(({ seq }) => seq),
      seen.map((_, index) => after + 1 + index),
    )
  },

  async 'stops following when it is told to'({ url, token, productId }) {
    const client = createClient({ baseUrl: url, token })
    const ended = new AbortController()
    const changes = client.changes({ after: 0, type: 'product.created', signal: ended.signal })
    same((await changes.next()).value?.product_id, productId)
    ended.abort()
    same((await changes.next()).done, true)
    const later = new AbortController()
    const none = client.changes({ after: 0, type: 'product.deleted', signal: later.signal }).next()
    setTimeout(() => later.abort(), 0)
    same((await none).done, true)
    const refused = createClient({ baseUrl: url }).changes({ after: 0 })
    await fails(refused.next(), { name: 'RefusedError', status: 401 })
  },
} satisfies Record<string, Use>
