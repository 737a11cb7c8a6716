import type { FastifyInstance } from 'fastify'
import { toFiring } from '../alerts/firing.ts'
import { lookBack, preview } from '../alerts/preview.ts'
import { ProductNotFound } from '../db/errors.ts'
import type { HistoryWindow, ProductQuery } from '../db/store.ts'
import type { AlertFiring, AlertPreview } from '../schemas/alert.ts'
import { MOST_WATCHED, type Rule } from '../schemas/alert-rules.ts'
import { toTime } from '../schemas/to-time.ts'

/** The most firings in one answer. */
const MOST_FIRINGS = 1_000

const PRODUCTS_PER_PAGE = 100

/** What to try, and when. */
interface Trial {
  rule: Rule
  productId: string | null
  tag: string | null
  from: number
  to: number
}

type App = Pick<FastifyInstance, 'staleAfterMs' | 'store'>

/** The ids of the products that an alert watches, in the order of their creation. */
async function* productsOf({ store }: App, { productId, tag }: Trial): AsyncGenerator<string> {
  if (productId !== null) {
    yield productId
    return
  }
  const tags = tag === null ? undefined : [tag]
  const query: ProductQuery = { sort: 'created_at', words: [], tags, limit: PRODUCTS_PER_PAGE }
  let page = await store.products(query)
  for (;;) {
    for (const { id } of page.items) yield id
    if (!page.next) return
    page = await store.products({ ...query, after: page.next })
  }
}

/** The history of a product; undefined if it was deleted in the meantime. */
async function historyOf({ store }: App, id: string, window: HistoryWindow, mustExist: boolean) {
  try {
    return await store.productHistory(id, window)
  } catch (error) {
    if (error instanceof ProductNotFound && !mustExist) return undefined
    throw error
  }
}

/** Tries an alert on the history of its products. Rejects with `ProductNotFound`. */
export async function previewAlert(app: App, trial: Trial): Promise<AlertPreview> {
  const { rule, from, to } = trial
  const gapMs = app.staleAfterMs
  const found: AlertFiring[] = []
  let [products, isComplete, resolution] = [0, true, 'raw' as AlertPreview['resolution']]
  for await (const product_id of productsOf(app, trial)) {
    isComplete = products < MOST_WATCHED && found.length <= MOST_FIRINGS
    if (!isComplete) break
    const window = { from: lookBack(rule, from), to, byHour: false }
    const history = await historyOf(app, product_id, window, trial.productId !== null)
    if (!history) continue
    products += 1
    const tried = preview(rule, history, { from, to, gapMs })
    if (tried.resolution === 'hour') resolution = 'hour'
    for (const sighting of tried.sightings) found.push(toFiring(product_id, sighting))
  }
  const items = found.toSorted((a, b) => a.at.localeCompare(b.at)).slice(0, MOST_FIRINGS)
  const is_complete = isComplete && items.length === found.length
  return { from: toTime(from), to: toTime(to), resolution, products, is_complete, items }
}
