import { toFreshness, toProduct, toStoredProduct } from '../../encoding/product.ts'
import { ProductNotFound } from '../../errors.ts'
import { withExternalId } from '../../refusals.ts'
import type { CatalogueStore } from '../../store.ts'
import { ProductWrites } from '../product-writes.ts'
import type { Session } from '../session.ts'
import type { Work } from '../work.ts'

/** The products and their current offers. */
export function catalogueStore(session: Session, work: Work): CatalogueStore {
  const { reads, readPage, countProducts } = session
  const writes = new ProductWrites(session.writer, work, {
    ...session.options,
    freshSpan: () => session.freshSpan(),
  })
  return {
    createProduct: (item, options) => writes.create(item, options),
    createProducts: (items, onConflict, once) => writes.createAll(items, onConflict, once),
    putProduct: (externalId, item, match) => writes.put(externalId, item, match),
    updateProduct: (id, patch, versions) => writes.update(id, patch, versions),
    updateProducts: (changes) => writes.updateAll(changes),
    deleteProducts: (ids) => writes.deleteAll(ids),
    deleteProduct: (id, versions) => writes.delete(id, versions),

    async product(id) {
      const row = session.read(() => reads.product.get({ id }))
      if (!row) throw new ProductNotFound(id)
      return toStoredProduct(row, session.freshSpan())
    },

    async productByExternalId(externalId) {
      const row = session.read(() => reads.productByExternalId.get({ externalId }))
      if (!row) throw new ProductNotFound(withExternalId(externalId))
      return toStoredProduct(row, session.freshSpan())
    },

    async products(query) {
      const fresh = session.freshSpan()
      return session.read(() => {
        const rows = readPage(query, query.limit + 1, fresh)
        const page = rows.slice(0, query.limit)
        const last = rows.length > page.length ? page.at(-1) : undefined
        return {
          items: page.map((row) => toProduct(row, fresh)),
          next: last ? { sortKey: last.sortKey ?? null, key: last.key } : null,
          ...(query.count && { total: countProducts(query, fresh) }),
        }
      })
    },

    async productsWithIds(ids) {
      const fresh = session.freshSpan()
      const rows = session.read(() => ids.map((id) => reads.product.get({ id })))
      return rows.flatMap((row) => (row ? toProduct(row, fresh) : []))
    },

    async offers(productId) {
      const row = session.read(() => reads.offers.get({ id: productId }))
      if (!row) throw new ProductNotFound(productId)
      const freshness = JSON.stringify(toFreshness(row.checkedAt, session.freshSpan()))
      return `{"items":${row.offers ?? '[]'},${freshness.slice(1)}`
    },

    totals: async () => session.totals(),
  }
}
