import t from 'tap'
import { afterChange, extremesOf, extremesRow } from '../../../db/encoding/extremes.ts'

const NONE = extremesRow(null, null)
const FIRST = extremesRow({ low: { price: 5, at: 10 }, high: { price: 5, at: 10 } }, 10)

t.test('extremes are the same when they are read again', async (t) => {
  const extremes = { low: { price: 0, at: 10 }, high: { price: 9, at: 20 } }
  t.strictSame(extremesOf(extremesRow(extremes, 30)), extremes)
  t.equal(extremesOf(NONE), null)
})

t.test('a change adds its price', async (t) => {
  t.strictSame(afterChange(NONE, null, 5, 10), FIRST)
  t.strictSame(
    afterChange(FIRST, 10, 7, 20),
    extremesRow({ low: { price: 5, at: 10 }, high: { price: 7, at: 20 } }, 20),
  )
})

t.test('a change of anything else moves the time that the extremes include', async (t) => {
  t.strictSame(afterChange(FIRST, 10, null, 20), { ...FIRST, extremesUntil: 20 })
})

t.test('extremes that lack earlier changes are left to the step that completes them', async (t) => {
  t.equal(afterChange(FIRST, 15, 1, 20), undefined)
  t.equal(afterChange(NONE, 10, 1, 20), undefined)
})
