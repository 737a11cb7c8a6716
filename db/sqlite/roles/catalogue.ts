import { type FreshSpan, toFreshness, toProduct, toStoredProduct } from '../../encoding/product.ts'
import { steadySpan } from '../../encoding/steady-span.ts'
import { ProductNotFound } from '../../errors.ts'
import { NO_PAUSE } from '../../pause.ts'
import { withExternalId } from '../../refusals.ts'
import type { CatalogueStore, ProductQuery } from '../../store.ts'
import { ProductWrites } from '../product-writes.ts'
import type { Session } from '../session.ts'
import type { Work } from '../work.ts'

/** The products and their current offers. */
export function catalogueStore(session: Session, work: Work): CatalogueStore {
  const { reads, readPage, countProducts, ready } = session
  const writes = new ProductWrites(session.writer, work, {
    ...session.options,
    freshSpan: (at) => session.freshSpan(at),
  })

  function productRow(id: string) {
    const row = session.read(() => reads.product.get({ id }))
    if (!row) throw new ProductNotFound(id)
    return row
  }

  function offersRow(id: string) {
    const row = session.read(() => reads.offers.get({ id }))
    if (!row) throw new ProductNotFound(id)
    return row
  }

  function offersText({ checkedAt, offers }: ReturnType<typeof offersRow>, fresh: FreshSpan) {
    const freshness = JSON.stringify(toFreshness(checkedAt, fresh))
    return `{"items":${offers ?? '[]'},${freshness.slice(1)}`
  }

  function readProducts(query: ProductQuery, fresh: FreshSpan) {
    return session.read(() => {
      const rows = readPage(query, query.limit + 1, fresh)
      const shown = rows.slice(0, query.limit)
      const last = rows.length > shown.length ? shown.at(-1) : undefined
      const page = {
        items: shown.map((row) => toProduct(row, fresh)),
        next: last ? { sortKey: last.sortKey ?? null, key: last.key } : null,
        ...(query.count && { total: countProducts(query, fresh) }),
      }
      return { page, rows: shown }
    })
  }

  return {
    createProduct: (item, options) => writes.create(item, options),
    createProducts: (items, onConflict, once) => writes.createAll(items, onConflict, once),
    putProduct: (externalId, item, match) => writes.put(externalId, item, match),
    updateProduct: (id, patch, versions) => writes.update(id, patch, versions),
    updateProducts: (changes) => writes.updateAll(changes),
    deleteProducts: (ids) => writes.deleteAll(ids),
    deleteProduct: (id, versions) => writes.delete(id, versions),

    async product(id) {
      return toStoredProduct(productRow(id), session.freshSpan())
    },

    async readyProduct(id, make, pause) {
      const kept = ready.ofProduct(id, 'product', pause)
      if (kept) return kept
      const fresh = session.freshSpan()
      const row = productRow(id)
      const answer = make(toStoredProduct(row, fresh))
      ready.keepOfProduct(row, 'product', answer, steadySpan([row], fresh, pause))
      return answer
    },

    async productByExternalId(externalId) {
      const row = session.read(() => reads.productByExternalId.get({ externalId }))
      if (!row) throw new ProductNotFound(withExternalId(externalId))
      return toStoredProduct(row, session.freshSpan())
    },

    async products(query) {
      return readProducts(query, session.freshSpan()).page
    },

    async readyPage(name, prepare, pause) {
      const kept = ready.page(name, pause)
      if (kept) return kept
      const { query, make } = prepare()
      const fresh = session.freshSpan()
      const { page, rows } = readProducts(query, fresh)
      const answer = make(page)
      // A list filtered by `stale` also depends on when other products become stale.
      if (query.stale === undefined) {
        ready.keepPage(name, answer, steadySpan(rows, fresh, pause))
      }
      return answer
    },

    async productsWithIds(ids) {
      const fresh = session.freshSpan()
      const rows = session.read(() => ids.map((id) => reads.product.get({ id })))
      return rows.flatMap((row) => (row ? toProduct(row, fresh) : []))
    },

    async offers(productId) {
      return offersText(offersRow(productId), session.freshSpan())
    },

    async readyOffers(id, make) {
      const kept = ready.ofProduct(id, 'offers')
      if (kept) return kept
      const fresh = session.freshSpan()
      const row = offersRow(id)
      const answer = make(offersText(row, fresh))
      ready.keepOfProduct(
        { id, key: row.key },
        'offers',
        answer,
        steadySpan([{ ...row, nextAt: null }], fresh, NO_PAUSE),
      )
      return answer
    },

    totals: async () => session.totals(),
  }
}
