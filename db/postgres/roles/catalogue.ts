import type { OnConflict } from '../../../schemas/batch.ts'
import type { NewProduct } from '../../../schemas/product.ts'
import { toFreshness, toNewProduct, toProduct, toStoredProduct } from '../../encoding/product.ts'
import { toWritten } from '../../encoding/written.ts'
import { ProductNotFound, VersionMismatch } from '../../errors.ts'
import { carriedOut } from '../../idempotency.ts'
import {
  accepted,
  batchResults,
  type Creation,
  changeResults,
  createdProduct,
  deletionResults,
  withExternalId,
} from '../../refusals.ts'
import type {
  CatalogueStore,
  IdempotencyKey,
  ProductPage,
  ProductQuery,
  StoredProduct,
} from '../../store.ts'
import { countProducts, readPage } from '../catalogue.ts'
import { GroupedReads } from '../grouped-reads.ts'
import {
  createProducts,
  putProduct,
  removeProduct,
  removeProducts,
  updateProduct,
  updateProducts,
} from '../operations/catalogue.ts'
import { applyOnce } from '../operations/idempotency.ts'
import type { StoredRow } from '../product-columns.ts'
import { offersById, productsByExternalId, productsById, selectByIds } from '../reads.ts'
import type { Session } from '../session.ts'

/** The products and their current offers. */
export function catalogueStore(session: Session): CatalogueStore {
  const { alerts, reader, writer, work } = session
  const { newId } = session.options
  const byId = new GroupedReads(reader.each, productsById)
  const byExternalId = new GroupedReads(reader.each, productsByExternalId)
  const offersOf = new GroupedReads(reader.each, offersById)

  /** Announces the registrations that a change of products makes due. */
  function changed(rows: StoredRow[]): void {
    if (rows.some(({ registration }) => registration === 'pending')) work.announce()
  }

  function updated(row: StoredRow): StoredProduct {
    changed([row])
    return toStoredProduct(row, session.freshSpan())
  }

  async function create(
    items: NewProduct[],
    onConflict: OnConflict,
    once: IdempotencyKey | undefined,
    id?: string,
  ): Promise<Creation<StoredRow>> {
    const now = session.now()
    const named = items.map((item) => ({ id: id ?? newId(), ...item }))
    const operation = createProducts(alerts, named, onConflict, now)
    const creation = carriedOut(await writer.call(applyOnce(once, now, operation)))
    const { conflicts } = creation
    if (conflicts.length < items.length) work.announce()
    changed(conflicts.flatMap(({ status, row }) => (status === 'updated' ? row : [])))
    return creation
  }

  async function product(id: string): Promise<StoredProduct> {
    const row = await byId.read(id)
    if (!row) throw new ProductNotFound(id)
    return toStoredProduct(row, session.freshSpan())
  }

  async function products(query: ProductQuery): Promise<ProductPage> {
    const fresh = session.freshSpan()
    const [rows, total] = await Promise.all([
      readPage(reader, query, query.limit + 1, fresh),
      query.count ? countProducts(reader, query, fresh) : undefined,
    ])
    const page = rows.slice(0, query.limit)
    const last = rows.length > page.length ? page.at(-1) : undefined
    return {
      items: page.map((row) => toProduct(row, fresh)),
      next: last ? { sortKey: last.sortKey, key: last.key } : null,
      ...(total !== undefined && { total }),
    }
  }

  async function offers(productId: string): Promise<string> {
    const row = await offersOf.read(productId)
    if (!row) throw new ProductNotFound(productId)
    const freshness = JSON.stringify(toFreshness(row.checkedAt, session.freshSpan()))
    return `{"items":${row.offers},${freshness.slice(1)}`
  }

  return {
    product,
    products,
    offers,

    // No answer is kept, because another instance may have committed a change that this one does not know of yet.
    readyProduct: async (id, make) => make(await product(id)),
    async readyPage(_name, prepare) {
      const { query, make } = prepare()
      return make(await products(query))
    },
    readyOffers: async (productId, make) => make(await offers(productId)),

    async createProduct(item, { id, once } = {}) {
      return createdProduct(item, await create([item], 'error', once, id))
    },

    async createProducts(items, onConflict = 'error', once) {
      const creation = await create(items, onConflict, once)
      return batchResults(items, creation, (at) => session.freshSpan(at))
    },

    async putProduct(externalId, item, match) {
      const now = session.now()
      const made = { id: newId(), ...toWritten(item), external_id: externalId }
      const result = await writer.call(putProduct(alerts, made, match, now))
      const which = withExternalId(externalId)
      if (result === 'not-found') {
        throw new VersionMismatch(`There is no product ${which}; leave out If-Match to create it`)
      }
      const row = accepted(which, result)
      if ('id' in row) return { product: updated(row), created: false }
      work.announce()
      return { product: { ...toNewProduct(made, row.createdAt, now), version: 1 }, created: true }
    },

    async productByExternalId(externalId) {
      const row = await byExternalId.read(externalId)
      if (!row) throw new ProductNotFound(withExternalId(externalId))
      return toStoredProduct(row, session.freshSpan())
    },

    async productsWithIds(ids) {
      const fresh = session.freshSpan()
      const rows = await reader.query(selectByIds, [ids])
      const products = new Map(rows.map((row) => [row.id, toProduct(row, fresh)]))
      return ids.flatMap((id) => products.get(id) ?? [])
    },

    async updateProduct(id, patch, versions) {
      const input = { id, patch, versions, at: session.now() }
      return updated(accepted(id, await writer.call(updateProduct(alerts, input))))
    },

    async deleteProduct(id, versions) {
      const input = { id, versions, at: session.now() }
      const { key } = accepted(id, await writer.call(removeProduct(input)))
      work.forget(key)
    },

    async updateProducts(changes) {
      const results = await writer.call(updateProducts(alerts, changes, session.now()))
      changed(results.flatMap((row) => (typeof row === 'object' && 'key' in row ? row : [])))
      const ids = changes.map(({ id }) => id)
      return changeResults(ids, results, session.freshSpan())
    },

    async deleteProducts(ids) {
      const deleted = await writer.call(removeProducts(ids, session.now()))
      for (const key of deleted.values()) work.forget(key)
      return deletionResults(ids, new Set(deleted.keys()))
    },

    totals: () => session.totals(),
  }
}
