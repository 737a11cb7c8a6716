import { productLines } from '../../import-export/product-lines.ts'
import type { ProductList } from '../../schemas/product.ts'
import { read } from '../api.ts'
import { type CatalogueQuery, paramsOf } from './pages.ts'

/** The largest page that the API serves. */
const PAGE_SIZE = '200'

/** All products that a query finds, as CSV that can be imported again. Tells how many it has read so far. */
export async function listAsCsv(
  query: CatalogueQuery,
  onRead: (products: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  // With a byte order mark, because spreadsheets would take it for another encoding.
  const { head, line } = productLines({ format: 'csv', bom: true })
  const parts = [head]
  const params = paramsOf(query)
  params.set('limit', PAGE_SIZE)
  let products = 0
  for (let more = true; more; more = params.has('cursor')) {
    const page = await read<ProductList>(`/products?${params}`, signal)
    parts.push(page.items.map(line).join(''))
    products += page.items.length
    onRead(products)
    params.delete('cursor')
    if (page.next_cursor !== null) params.set('cursor', page.next_cursor)
  }
  return new Blob(parts, { type: 'text/csv' })
}
