import { signal } from '@preact/signals'
import type { Product, ProductList } from '../../schemas/product.ts'
import { read } from '../api.ts'

/** The number of products in a page: somewhat more than fit on a screen. */
const PAGE_SIZE = 30

/** The search, sort and filters of the catalogue. */
export interface CatalogueQuery {
  q: string
  sort: string
  inStock: boolean
  show: Shown
  /** Only products with all of these tags. */
  tags: readonly string[]
}

/** The choices of products to show, with the API's parameters for them. */
export const SHOWN = {
  all: {},
  stale: { stale: 'true' },
  pending: { registration: 'pending' },
  rejected: { registration: 'rejected' },
} as const satisfies Record<string, Record<string, string>>
export type Shown = keyof typeof SHOWN

/** The API's parameters for a query, without those for a page of it. */
export function paramsOf({ q, sort, inStock, show, tags }: CatalogueQuery): URLSearchParams {
  const query = new URLSearchParams({ ...SHOWN[show], sort })
  if (q) query.set('q', q)
  if (inStock) query.set('in_stock', 'true')
  for (const tag of tags) query.append('tag', tag)
  return query
}

/** A page of the catalogue, as it was last read. */
export interface Page {
  /** The cursor of its start; undefined for the first page. */
  cursor: string | undefined
  items: Product[]
  /** The cursor of the next page; null on the last page. */
  next: string | null
}

/** The pages of the catalogue that have been scrolled to, in order. */
export class CataloguePages {
  readonly pages = signal<Page[]>([])
  readonly failure = signal<Error | undefined>(undefined)
  readonly #query: CatalogueQuery
  #reading = false

  constructor(query: CatalogueQuery) {
    this.#query = query
  }

  /** Reads the page after the last one, unless there is none or it is already being read. */
  async readNext(signal: AbortSignal): Promise<void> {
    const last = this.pages.value.at(-1)
    if (this.#reading || last?.next === null) return
    this.#reading = true
    try {
      const page = await this.#read(last?.next, signal)
      this.pages.value = [...this.pages.value, page]
    } catch (error) {
      if (!signal.aborted) this.failure.value = error as Error
    } finally {
      this.#reading = false
    }
  }

  /** Reads a page again. If its end has moved, the next page starts there from now on. */
  async refresh(index: number, signal: AbortSignal): Promise<void> {
    const before = this.pages.value[index]
    if (!before) return this.readNext(signal)
    const page = await this.#read(before.cursor, signal).catch((error: unknown) => {
      if (!signal.aborted) this.failure.value = error as Error
    })
    if (!page) return
    const pages = this.pages.value.with(index, page)
    const following = pages[index + 1]
    // The following pages may have moved too; each is read again when it is on the screen.
    if (page.next === null) pages.length = index + 1
    else if (following) pages[index + 1] = { ...following, cursor: page.next }
    this.pages.value = pages
  }

  async #read(cursor: string | undefined, signal: AbortSignal): Promise<Page> {
    const query = paramsOf(this.#query)
    query.set('limit', String(PAGE_SIZE))
    if (cursor) query.set('cursor', cursor)
    const { items, next_cursor: next } = await read<ProductList>(`/products?${query}`, signal)
    this.failure.value = undefined
    return { cursor, items, next }
  }
}

/** The products of each page that are on no earlier page; one can move to a later page between two reads. */
export function withoutRepeats(pages: readonly Page[]): Product[][] {
  const seen = new Set<string>()
  return pages.map(({ items }) =>
    items.filter(({ id }) => {
      const fresh = !seen.has(id)
      seen.add(id)
      return fresh
    }),
  )
}
