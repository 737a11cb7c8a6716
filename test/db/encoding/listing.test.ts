import t from 'tap'
import { listedOffer, listedOffers, listingOf } from '../../../db/encoding/listing.ts'
import { Undecodable } from '../../../db/errors.ts'

const SEEN = '2026-01-02T00:00:00.000Z'

const offer = (id: string, number: number, price: number) =>
  listedOffer(
    id,
    SEEN,
    { number, price, itemsInStock: number, changedAt: Date.UTC(2026, 0, 3), lowestPrior: null },
    `past of ${id}`,
  )

t.test('offers are stored in the order in which the API lists them', async (t) => {
  const { offers } = listingOf([offer('c', 1, 9), offer('b', 2, 5), offer('a', 3, 5)])
  t.strictSame(
    JSON.parse(offers).map(({ id, price }: { id: string; price: number }) => [id, price]),
    [
      ['a', 5],
      ['b', 5],
      ['c', 9],
    ],
  )
})

t.test('an offer that is read is the one that was stored', async (t) => {
  const stored = [offer('a', 2, 5), offer('b', 1, 7)]
  t.strictSame(listedOffers(listingOf(stored)), stored)
})

t.test('a product without offers has a row, too', async (t) => {
  t.strictSame(listedOffers(listingOf([])), [])
})

t.test('an offer without its internals is named', async (t) => {
  const row = { ...listingOf([offer('a', 1, 5)]), internals: '[]' }
  t.throws(() => listedOffers(row), new Undecodable('The database lacks the internals of offer a'))
})
