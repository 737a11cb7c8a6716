import { signal } from '@preact/signals'
import type { Product, ProductList } from '../../schemas/product.ts'
import { read } from '../api.ts'

/** So many products are read at once: somewhat more than fit on a screen. */
const PAGE_SIZE = 30

/** What is wanted of the catalogue. */
export interface CatalogueQuery {
  q: string
  sort: string
  inStock: boolean
  show: Shown
}

/** Which products are shown, and what the API calls that. */
export const SHOWN = {
  all: {},
  stale: { stale: 'true' },
  pending: { registration: 'pending' },
  rejected: { registration: 'rejected' },
} as const satisfies Record<string, Record<string, string>>
export type Shown = keyof typeof SHOWN

/** A page of the catalogue, as it was last read. */
export interface Page {
  /** Where it starts; undefined for the first. */
  cursor: string | undefined
  items: Product[]
  /** Where the next one starts; null on the last. */
  next: string | null
}

/** The pages of the catalogue that were scrolled to, in order. */
export class CataloguePages {
  readonly pages = signal<Page[]>([])
  readonly failure = signal<Error | undefined>(undefined)
  readonly #query: CatalogueQuery
  #reading = false

  constructor(query: CatalogueQuery) {
    this.#query = query
  }

  /** Reads the page behind the last one, unless there is none or it is being read. */
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

  /** Reads a page anew. Where it ends elsewhere than before, the next one starts there from then on. */
  async refresh(index: number, signal: AbortSignal): Promise<void> {
    const before = this.pages.value[index]
    if (!before) return this.readNext(signal)
    const page = await this.#read(before.cursor, signal).catch((error: unknown) => {
      if (!signal.aborted) this.failure.value = error as Error
    })
    if (!page) return
    const pages = this.pages.value.with(index, page)
    const follower = pages[index + 1]
    // The places of the pages behind have moved; they are read anew when they are looked at.
    if (page.next === null) pages.length = index + 1
    else if (follower) pages[index + 1] = { ...follower, cursor: page.next }
    this.pages.value = pages
  }

  async #read(cursor: string | undefined, signal: AbortSignal): Promise<Page> {
    const { q, sort, inStock, show } = this.#query
    const query = new URLSearchParams({ ...SHOWN[show], sort, limit: String(PAGE_SIZE) })
    if (q) query.set('q', q)
    if (inStock) query.set('in_stock', 'true')
    if (cursor) query.set('cursor', cursor)
    const { items, next_cursor: next } = await read<ProductList>(`/products?${query}`, signal)
    this.failure.value = undefined
    return { cursor, items, next }
  }
}

/** The products of each page that are on no page before: in between, one may have moved on. */
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
