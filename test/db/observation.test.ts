import t from 'tap'
import { type ListedOffer, listedOffer } from '../../db/encoding/listing.ts'
import { encodePastPrices } from '../../db/encoding/past-prices.ts'
import { type DelistedOffer, type OfferBook, observe } from '../../db/observation.ts'
import type { ObservedOffer } from '../../db/store.ts'
import { offerDiff } from '../../history/offer-diff.ts'
import { DAY_MS } from '../../history/time.ts'

const SEEN = Date.UTC(2026, 0, 2)
const AT = SEEN + DAY_MS
const NO_PAST = encodePastPrices([])

const listed = (id: string, number: number, price: number, lowestPrior: number | null = null) =>
  listedOffer(
    id,
    new Date(SEEN).toISOString(),
    { number, price, itemsInStock: 1, changedAt: SEEN, lowestPrior },
    NO_PAST,
  )

const observed = (id: string, price: number, items_in_stock = 1) => ({ id, price, items_in_stock })

/** Observes these offers at `AT`, and returns what was passed to the book as well. */
function poll(onSale: ListedOffer[], offers: ObservedOffer[], delisted?: DelistedOffer) {
  const told: unknown[] = []
  const book: OfferBook = {
    delisted: () => delisted,
    insert(id, firstSeenAt) {
      told.push(['insert', id, firstSeenAt])
      return 9
    },
    relist: (number) => told.push(['relist', number]),
    delist: (at, { number, pastPrices }) => told.push(['delist', at, number, pastPrices]),
    lowestBetween: () => null,
  }
  return { ...observe(book, onSale, offerDiff(onSale, offers), AT), told }
}

t.test('a new offer is listed with the number that the book gives it', async (t) => {
  const { onSale, changed, told } = poll([], [observed('a', 5)])
  t.match(onSale, [{ number: 9, shown: { id: 'a', price: 5, lowest_prior_30d: null } }])
  t.match(changed, [{ number: 9, before: null, now: { price: 5, changedAt: AT } }])
  t.strictSame(told, [['insert', 'a', AT]])
})

t.test('an offer that is missing is delisted with the price that it had', async (t) => {
  const { onSale, changed, told } = poll([listed('a', 1, 5)], [])
  t.strictSame(onSale, [])
  t.match(changed, [{ number: 1, before: { price: 5 }, now: null }])
  const hour = AT / 3_600_000 - 1
  t.strictSame(told, [['delist', AT, 1, encodePastPrices([{ hour, price: 5 }])]])
})

t.test('an offer that comes back keeps its number and when it was first seen', async (t) => {
  const before = { number: 4, firstSeenAt: SEEN, price: 5, lowestPrior: 3, pastPrices: NO_PAST }
  const { onSale, changed, told } = poll([], [observed('a', 5)], before)
  t.match(onSale, [
    { number: 4, lowestPrior: 3, shown: { first_seen_at: '2026-01-02T00:00:00.000Z' } },
  ])
  t.match(changed, [{ number: 4, before: null, now: { price: 5 } }])
  t.strictSame(told, [['relist', 4]])
})

t.test('offers that did not differ stay as they are', async (t) => {
  const same = listed('a', 1, 5)
  const { onSale, changed } = poll([same, listed('b', 2, 6)], [observed('b', 7), observed('a', 5)])
  t.equal(onSale[0], same)
  t.strictSame(
    changed.map(({ number }) => number),
    [2],
  )
})

const prices: [what: string, price: number, stock: number, lowestPrior: number | null][] = [
  ['another stock at the same price', 5, 2, 4],
  ['a higher price', 6, 1, null],
  ['a lower price', 3, 1, 5],
]
for (const [what, price, stock, lowestPrior] of prices) {
  t.test(`${what} makes the lowest prior price ${lowestPrior}`, async (t) => {
    const { onSale } = poll([listed('a', 1, 5, 4)], [observed('a', price, stock)])
    t.match(onSale, [{ price, itemsInStock: stock, changedAt: AT, lowestPrior }])
  })
}
