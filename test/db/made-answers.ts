import type {
  CatalogueStore,
  ProductQuery,
  ReadyAnswer,
  Store,
  StoredProduct,
} from '../../db/store.ts'

/** Before any due time: nothing is paused. */
const NEVER = Number.NEGATIVE_INFINITY

/** All products by age. */
export const ALL: ProductQuery = { sort: 'created_at', words: [], limit: 200 }

const madeOf = (value: unknown): ReadyAnswer => ({ body: JSON.stringify(value), tag: '' })

/** A name that tells queries apart. */
const nameOf = (query: ProductQuery) => JSON.stringify(query)

export const readyProduct = (store: CatalogueStore, id: string, dueBy = NEVER) =>
  store.readyProduct(id, (product: StoredProduct) => madeOf(product), dueBy)

export const readyPage = (store: CatalogueStore, query: ProductQuery) =>
  store.readyPage(nameOf(query), query, (page) => madeOf(page), NEVER)

/** What a read gave: its text, or the message of its error. */
const ended = (reading: Promise<unknown>) =>
  reading.then(
    (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
    (error: Error) => error.message,
  )

const bodyOf = (reading: Promise<ReadyAnswer>) => ended(reading.then(({ body }) => body))

/**
 * Reads the same anew and ready, and gives those that differ. All reads begin in this order in one turn of the event
 * loop, so that an engine that reads on this thread gives them from one snapshot.
 */
export async function differences(
  store: Store,
  ids: string[],
  queries: ProductQuery[] = [ALL],
): Promise<string[][]> {
  const pairs = [
    ...ids.flatMap((id) => [
      [ended(store.product(id)), bodyOf(readyProduct(store, id))],
      [ended(store.offers(id)), bodyOf(store.readyOffers(id, (body) => ({ body, tag: '' })))],
    ]),
    ...queries.map((query) => [ended(store.products(query)), bodyOf(readyPage(store, query))]),
  ]
  const texts = await Promise.all(pairs.map((pair) => Promise.all(pair)))
  return texts.filter(([fresh, ready]) => fresh !== ready)
}
