import { ProductNotFound } from '../../errors.ts'
import type { CatalogueStore } from '../../store.ts'
import { ProductWrites } from '../product-writes.ts'
import { toFreshness, toProduct, toStoredProduct } from '../rows.ts'
import type { Session } from '../session.ts'
import type { Work } from '../work.ts'

/** The products, and what is on sale now. */
export function catalogueStore(session: Session, work: Work): CatalogueStore {
  const { reads, readPage } = session
  const writes = new ProductWrites(session.writer, work, {
    ...session.options,
    freshSpan: () => session.freshSpan(),
    announce: () => work.announce(),
  })
  return {
    createProduct: (item, id) => writes.create(item, id),
    createProducts: (items) => writes.createAll(items),
    updateProduct: (id, patch, versions) => writes.update(id, patch, versions),
    deleteProduct: (id, versions) => writes.delete(id, versions),

    async product(id) {
      const product = session.read(() => {
        const row = reads.product.get({ id })
        return row && toStoredProduct(row, session.freshSpan())
      })
      if (!product) throw new ProductNotFound(id)
      return product
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
        }
      })
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
