import { createClient } from 'product-aggregator-client'
import { same } from './expect.ts'
import { answering, busy, type Use } from './service.ts'

/**
 * The waits that `use` makes, in ms, none of which takes any time. Nothing may have been called over a network before,
 * since a runtime can have timers of its own for connections.
 */
async function waitsOf(use: () => Promise<unknown>): Promise<number[]> {
  const waits: number[] = []
  const { setTimeout: real } = globalThis
  const quick = (end: () => void, ms: number) => {
    waits.push(ms)
    return real(end, 0)
  }
  Object.assign(globalThis, { setTimeout: quick })
  try {
    await use()
  } finally {
    Object.assign(globalThis, { setTimeout: real })
  }
  return waits
}

export const waits = {
  async 'waits for as long as it is asked to, within half a minute'({ url }) {
    const later = new Date(Date.now() + 3_600_000).toUTCString()
    const waits = await waitsOf(async () => {
      const { requests, fetch } = answering(busy('0'), busy('2'), busy('3600'), busy(later))
      const client = createClient({ baseUrl: url, retries: 4, fetch })
      const { error } = await client.GET('/api/v1/status')
      same([requests.length, error?.statusCode], [5, 429])
    })
    same(waits, [0, 2_000, 30_000, 30_000])
    const [first = -1, second = -1] = await waitsOf(async () => {
      const { fetch } = answering(busy('soon'), busy(''), () => Response.json({}))
      await createClient({ baseUrl: url, fetch }).GET('/api/v1/status')
    })
    same([first >= 0, first <= 250, second >= 0, second <= 500], [true, true, true, true])
  },
} satisfies Record<string, Use>
