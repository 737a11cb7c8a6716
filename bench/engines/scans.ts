import { execute } from '../../test/postgres/execute.ts'
import { spread } from '../history/figures.ts'
import type { Workspace } from '../workspace.ts'
import { NEVER, type Subject, startOn } from './service.ts'

const CALLS = 20

/** What looks at every product, because no index has the times of polls. */
const PATHS: Record<string, string> = {
  'the state': 'status',
  'stale products': 'products?stale=true',
  'stale products by name': 'products?stale=true&sort=name',
  'stale products by price': 'products?stale=true&sort=lowest_price',
  'stale products, counted': 'products?stale=true&count=true',
  'fresh products': 'products?stale=false',
  'fresh products, counted': 'products?stale=false&count=true',
}

/** The condition for which products have not been polled for too long. */
const STALE = { none: 'false', 'one in a thousand': 'product_key % 1000 = 0', all: 'true' }

/** The milliseconds that each call takes, one after the other. */
async function times(url: string): Promise<number[]> {
  const taken: number[] = []
  for (let n = 0; n < CALLS; n++) {
    const began = performance.now()
    const answer = await fetch(url)
    await answer.text()
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
    taken.push(performance.now() - began)
  }
  return taken
}

/** Measures on PostgreSQL how long calls take that look at every product, with different shares of stale ones. */
export async function measureScans(workspace: Workspace, subject: Subject): Promise<void> {
  const service = await startOn(workspace, subject, NEVER)
  for (const [stale, condition] of Object.entries(STALE)) {
    await execute(subject.databaseUrl, `UPDATE polls SET checked_at = 0 WHERE ${condition}`)
    await execute(subject.databaseUrl, 'VACUUM ANALYZE polls')
    for (const [what, path] of Object.entries(PATHS)) {
      const ms = spread(await times(`${service.url}/api/v1/${path}`))
      console.log(`${what}, where ${stale} of the products are stale`, ms)
    }
  }
  await service.stop('SIGTERM')
}
