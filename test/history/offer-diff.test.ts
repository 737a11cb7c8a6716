import t from 'tap'
import { offerDiff } from '../../history/offer-diff.ts'

const onSale = (id: string, number: number, price: number, itemsInStock = 1) => ({
  ...{ number, price, itemsInStock },
  shown: { id },
})
const observed = (id: string, price: number, items_in_stock = 1) => ({ id, price, items_in_stock })

t.test('nothing differs where all is as it was, in any order', async (t) => {
  const found = offerDiff(
    [onSale('a', 1, 100), onSale('b', 2, 90)],
    [observed('b', 90), observed('a', 100)],
  )
  t.same(found, { differing: [], missing: [], offersCount: 2, lowestPrice: 90 })
})

t.test('new offers, other prices and other stocks differ', async (t) => {
  const [a, b, c] = [onSale('a', 1, 100), onSale('b', 2, 90), onSale('c', 3, 80)]
  const offers = [observed('d', 70), observed('c', 80), observed('b', 90, 5), observed('a', 99)]
  const { differing } = offerDiff([a, b, c], offers)
  t.same(differing, [
    { offer: observed('d', 70), before: null },
    { offer: observed('b', 90, 5), before: b },
    { offer: observed('a', 99), before: a },
  ])
})

t.test('missing offers come in the order in which they were first seen', async (t) => {
  const known = [onSale('c', 3, 80), onSale('a', 1, 100), onSale('b', 2, 90)]
  const { missing, offersCount, lowestPrice } = offerDiff(known, [observed('b', 90, 0)])
  t.same(
    missing.map(({ number }) => number),
    [1, 3],
  )
  t.equal(offersCount, 1)
  t.equal(lowestPrice, null, 'what is sold out has no lowest price')
})
