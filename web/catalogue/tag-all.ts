import type { BatchResult } from '../../schemas/batch.ts'
import type { Product, ProductChange, ProductList } from '../../schemas/product.ts'
import { call, read } from '../api.ts'
import { type CatalogueQuery, paramsOf } from './pages.ts'

/** The largest page that the API serves, and the largest batch that it takes. */
const PAGE_SIZE = 200
const BATCH_SIZE = 1_000

/** Tags to add to many products, or to remove from them. */
export interface Tagging {
  remove: boolean
  tags: readonly string[]
}

/** A change of the tags of one product. */
type TagChange = Pick<ProductChange, 'id' | 'add_tags' | 'remove_tags'>

/** What was done so far. */
export class Tally {
  /** How many products were looked at. */
  seen = 0
  /** The changes that were made. */
  readonly changes: TagChange[] = []
  /** How many products would have had too many tags. */
  full = 0
}

/** The products that a query finds, by when they were created, so that no change moves one to another page. */
function orderedParams(query: CatalogueQuery, limit: number): URLSearchParams {
  const params = paramsOf(query)
  params.set('sort', 'created_at')
  params.set('limit', String(limit))
  return params
}

/** How many products a query finds. */
export async function countFound(query: CatalogueQuery): Promise<number> {
  const params = orderedParams(query, 1)
  params.set('count', 'true')
  const { total = 0 } = await read<ProductList>(`/products?${params}`)
  return total
}

/** What a product still lacks; undefined if nothing. With only that, the change can be undone exactly. */
function changeOf({ id, tags }: Product, { remove, tags: wanted }: Tagging): TagChange | undefined {
  const concerned = wanted.filter((tag) => tags.includes(tag) === remove)
  if (concerned.length === 0) return undefined
  return remove ? { id, remove_tags: concerned } : { id, add_tags: concerned }
}

async function update(items: TagChange[]): Promise<BatchResult['items']> {
  if (items.length === 0) return []
  const { data } = await call<BatchResult>('/products/batch/update', {
    method: 'POST',
    body: { items },
  })
  return data.items
}

/**
 * Tags the products that a query finds, `total` at most, a page at a time, and counts them in `tally`. Whoever takes no
 * further page stops it. Throws `RequestFailed`; to begin again changes nothing twice.
 */
export async function* tagAll(
  query: CatalogueQuery,
  tagging: Tagging,
  total: number,
  tally: Tally,
): AsyncGenerator<void> {
  const params = orderedParams(query, PAGE_SIZE)
  let next: string | null
  do {
    const page = await read<ProductList>(`/products?${params}`)
    const products = page.items.slice(0, total - tally.seen)
    const changes = products.flatMap((product) => changeOf(product, tagging) ?? [])
    for (const { index, error } of await update(changes)) {
      if (!error) tally.changes.push(...changes.slice(index, index + 1))
      else if (error.code === 'TOO_MANY_TAGS') tally.full += 1 // Any other one was deleted meanwhile.
    }
    tally.seen += products.length
    next = page.next_cursor
    params.set('cursor', String(next))
    yield
  } while (next !== null && tally.seen < total)
}

/** Undoes changes. Returns how many products are as they were. */
export async function untag(changes: readonly TagChange[]): Promise<number> {
  let undone = 0
  for (let from = 0; from < changes.length; from += BATCH_SIZE) {
    const batch = changes.slice(from, from + BATCH_SIZE)
    const results = await update(
      batch.map(({ id, add_tags, remove_tags }) => ({
        ...{ id, add_tags: remove_tags, remove_tags: add_tags },
      })),
    )
    undone += results.filter(({ error }) => !error).length
  }
  return undone
}
