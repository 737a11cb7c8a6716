import type {
  CatalogueStore,
  ProductPage,
  ProductQuery,
  ReadyAnswer,
  Store,
  StoredProduct,
} from '../../db/store.ts'
import { type ShownPause, shownPause } from '../../offers/pause.ts'

/** Calls to the Offers service are not paused. */
const NOT_PAUSED = shownPause(0, { obstacle: null, pausedUntil: null })

/** All products by age. */
export const ALL: ProductQuery = { sort: 'created_at', words: [], limit: 200 }

const madeOf = (value: unknown): ReadyAnswer => ({ body: JSON.stringify(value), tag: '' })

/** A name that tells queries apart. */
const nameOf = (query: ProductQuery) => JSON.stringify(query)

export const readyProduct = (store: CatalogueStore, id: string, pause = NOT_PAUSED) =>
  store.readyProduct(id, (product: StoredProduct) => madeOf(pause.mark(product)), pause)

const marked = ({ items, ...page }: ProductPage, { mark }: ShownPause) => ({
  ...page,
  items: items.map(mark),
})

export const readyPage = (store: CatalogueStore, query: ProductQuery, pause = NOT_PAUSED) =>
  store.readyPage(
    nameOf(query),
    () => ({ query, make: (page) => madeOf(marked(page, pause)) }),
    pause,
  )

/** What a read gave: its text, or the message of its error. */
const ended = (reading: Promise<unknown>) =>
  reading.then(
    (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
    (error: Error) => error.message,
  )

const bodyOf = (reading: Promise<ReadyAnswer>) => ended(reading.then(({ body }) => body))

/**
 * Reads the same anew and ready, and gives those that differ. All reads begin in this order in one turn of the event
 * loop, so that an engine that reads on this thread gives them from one snapshot. Products are shown as under `pause`.
 */
export async function differences(
  store: Store,
  ids: string[],
  { queries = [ALL], pause = NOT_PAUSED }: { queries?: ProductQuery[]; pause?: ShownPause } = {},
): Promise<string[][]> {
  const pairs = [
    ...ids.flatMap((id) => [
      [ended(store.product(id).then(pause.mark)), bodyOf(readyProduct(store, id, pause))],
      [ended(store.offers(id)), bodyOf(store.readyOffers(id, (body) => ({ body, tag: '' })))],
    ]),
    ...queries.map((query) => [
      ended(store.products(query).then((page) => marked(page, pause))),
      bodyOf(readyPage(store, query, pause)),
    ]),
  ]
  const texts = await Promise.all(pairs.map((pair) => Promise.all(pair)))
  return texts.filter(([fresh, ready]) => fresh !== ready)
}
