import { type Change, createClient } from 'product-aggregator-client'
import { collectGarbage, fails, same } from './expect.ts'
import { answering, PRODUCTS, type Use } from './service.ts'

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

const events = (text: string) => () =>
  new Response(text, { headers: { 'content-type': 'text/event-stream' } })

const change = (seq: number) => `id: ${seq}\nevent: product.created\ndata: {"seq":${seq}}\n\n`

export const feed = {
  async 'follows the changes over a break'({ url, token, hangUp }) {
    const { again, fetch } = connecting()
    const client = createClient({ baseUrl: url, token, fetch })
    const { data: status } = await client.GET('/api/v1/status')
    const after = status?.last_seq ?? 0
    const create = async (name: string) =>
      (await client.POST(PRODUCTS, { body: { name } })).data?.id
    const first = await create('Before the break')
    const second = again.then(() => create('After the break'))
    const seen: Change[] = []
    const signal = AbortSignal.timeout(60_000) // So that a change that is missing fails this use.
    for await (const change of client.changes({ after, signal })) {
      seen.push(change)
      if (seen.length === 1) hangUp()
      // The change can be here before the answer to the call that made it.
      if (change.type === 'product.created' && change.product_id !== first) break
    }
    same(seen.at(-1)?.product_id, await second)
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

  async 'ends its connections, also after a collection of garbage'({ url, token }) {
    const client = createClient({
      baseUrl: url,
      token,
      fetch: (input) => fetch(new Request(input)),
    })
    for await (const { seq } of client.changes({ after: 0 })) {
      same(seq, 1)
      await collectGarbage()
      break // If this left the connection open, the program would not end.
    }
    const ended = new AbortController()
    const { data } = await createClient({ baseUrl: url, token }).GET('/api/v1/changes/stream', {
      ...{ params: { query: { after: 0 } }, parseAs: 'stream', signal: ended.signal },
    })
    const reader = data?.getReader()
    async function readAll() {
      while ((await reader?.read())?.done === false);
    }
    await reader?.read()
    await collectGarbage()
    ended.abort()
    await fails(readAll(), { name: 'AbortError' })
  },

  async 'goes on after what passes, and from the last change'({ url }) {
    const busy = () => new Response(null, { status: 429 })
    const { requests, fetch } = answering(events(change(5)), busy, events(change(6)))
    const seen: number[] = []
    const client = createClient({ baseUrl: url, retries: 0, fetch })
    for await (const { seq } of client.changes({ after: 4 })) {
      seen.push(seq)
      if (seen.length === 2) break
    }
    same(seen, [5, 6])
    same(
      requests.map(({ url }) => new URL(url).search),
      ['?after=4', '?after=5', '?after=5'],
    )
  },

  async 'does not follow what is not the service'({ url }) {
    const page = { headers: { 'content-type': 'text/html' } }
    for (const [status, answer] of [
      [200, () => new Response('<h1>Welcome</h1>', page)],
      [404, () => new Response('<h1>Not found</h1>', { ...page, status: 404 })],
      [403, () => new Response(null, { status: 403, headers: { 'content-length': '0' } })],
    ] as const) {
      const { fetch } = answering(answer)
      const changes = createClient({ baseUrl: url, fetch }).changes({ after: 0 })
      await fails(changes.next(), { name: 'RefusedError', status })
    }
  },
} satisfies Record<string, Use>
