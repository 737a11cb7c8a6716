import { counted } from '../format.ts'
import { html } from '../html.ts'
import { status } from '../status.ts'
import type { CatalogueQuery } from './pages.ts'

/** Whether a query excludes products. */
export const isFiltered = ({ q, inStock, show, tags }: CatalogueQuery) =>
  q.trim() !== '' || inStock || show !== 'all' || tags.length > 0

/** The number of products in the catalogue or found so far. The exact number found would need reading them all. */
export function Found({
  read,
  done,
  query,
}: {
  read: number
  done: boolean
  query: CatalogueQuery
}) {
  const filtered = isFiltered(query)
  const number = done || filtered ? read : (status.value?.products ?? 0)
  const products = counted(number, 'product')
  const text = filtered ? `${done ? '' : 'more than '}${products} found` : products
  return html`<p class="found" aria-live=${filtered ? 'polite' : 'off'}>${(done || number > 0) && text}</p>`
}
