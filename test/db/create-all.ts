import type { Store } from '../../db/store.ts'
import type { NewProduct, Product } from '../../schemas/product.ts'

/** Creates products in one transaction, none of which has the external id of another. */
export async function createAll(store: Store, items: NewProduct[]): Promise<Product[]> {
  const results = await store.createProducts(items)
  return results.map((result) => {
    if (result.status === 'refused') throw result.error
    return result.product
  })
}
