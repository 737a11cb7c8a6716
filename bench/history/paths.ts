import { DAY_MS, MINUTE_MS } from '../../history/time.ts'
import type { ProductOffers } from '../../schemas/offer.ts'
import { toTime } from '../../schemas/to-time.ts'
import { NOW, YEAR_MS } from './market.ts'
import { ago, type Service } from './service.ts'

/** Functions that make the paths to request, by the names of the figures. `n` is the number of the request. */
export async function paths({ app }: Service) {
  const { items: found } = await app.store.products({ sort: 'created_at', words: [], limit: 700 })
  const ids = found.map(({ id }) => id)
  const offersOf = new Map<string, string[]>()
  for (const id of ids) {
    const { items }: ProductOffers = JSON.parse(await app.store.offers(id))
    offersOf.set(
      id,
      items.map(({ id }) => id),
    )
  }
  const year = ids[0] ?? ''
  const any = (n: number) => ids[(n * 37) % ids.length] ?? ''
  const offer = (id: string, n: number) => `/products/${id}/offers/${offersOf.get(id)?.[n % 10]}`
  const kept = (app.store.lastSeq * 9) / 10
  return {
    'trend of an offer, 24 h raw': (n: number) => `${offer(any(n), n)}/trend`,
    'trend of a product, 24 h raw': (n: number) => `/products/${any(n)}/trend`,
    'trend of an offer, 24 h by hours': (n: number) => `${offer(any(n), n)}/trend?interval=1h`,
    'trend of an offer, 24 h of a year': (n: number) => `${offer(year, n)}/trend`,
    'trend of an offer, 24 h raw, 20 days ago': (n: number) =>
      `${offer(year, n)}/trend?${ago(20 * DAY_MS)}&to=${toTime(NOW - 19 * DAY_MS)}`,
    'trend of an offer, a year by days': (n: number) =>
      `${offer(year, n)}/trend?interval=1d&${ago(YEAR_MS)}`,
    'trend of a product, a year by days': () =>
      `/products/${year}/trend?interval=1d&${ago(YEAR_MS)}`,
    'trend of an offer, a year by hours': (n: number) =>
      `${offer(year, n)}/trend?interval=1h&${ago(YEAR_MS - DAY_MS)}`,
    'trend of an offer, 30 days by 5 minutes': (n: number) =>
      `${offer(year, n)}/trend?interval=5m&${ago(30 * DAY_MS)}`,
    'trend of a product, 30 days by hours': () =>
      `/products/${year}/trend?interval=1h&${ago(30 * DAY_MS)}`,
    'offers 10 days ago': (n: number) =>
      `/products/${year}/offers?at=${toTime(NOW - 10 * DAY_MS - n * MINUTE_MS)}`,
    'offers 100 days ago': (n: number) =>
      `/products/${year}/offers?at=${toTime(NOW - 100 * DAY_MS - n * MINUTE_MS)}`,
    'statistics of a product with a year': () => `/products/${year}/stats`,
    'offers now': (n: number) => `/products/${any(n)}/offers`,
    '1000 changes': (n: number) =>
      `/changes?limit=1000&after=${Math.floor(app.store.lastSeq - (kept * n) / 1000)}`,
    '1000 changes of one product': (n: number) =>
      `/changes?limit=1000&product_id=${any(n)}&after=${Math.max(0, app.store.lastSeq - 1_000_000)}`,
  }
}
