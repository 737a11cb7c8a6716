import t from 'tap'
import { hoursOf } from '../../history/rollup.ts'
import { LOWEST } from '../../history/series.ts'
import { HOUR_MS, MINUTE_MS } from '../../history/time.ts'
import { cursorOver } from './cursor.ts'

const FIRST = 490_896
const at = (hour: number, minute: number) => (FIRST + hour) * HOUR_MS + minute * MINUTE_MS

t.test('each series has the hours in which it changed', async (t) => {
  const cursor = cursorOver(at(0, 0) - 1, { 1: 100, 2: 150 }, [
    [at(0, 30), { 1: 80, 2: 150 }],
    [at(0, 45), { 1: 120, 2: 150 }],
    [at(2, 0), { 2: 150 }],
    [at(2, 30), { 1: 160, 2: 150, 3: 10 }],
  ])
  const hours = hoursOf(cursor)
  const brief = (series: number) =>
    hours.get(series)?.map(({ hour, open, close, low, high, end }) => {
      const prices = [open, close, low, high]
      return [hour - FIRST, ...prices, end?.price]
    })
  t.same(brief(1), [
    [0, 100, 120, 80, 120, 120],
    [2, 160, 160, 160, 160, 160],
  ])
  t.same(brief(2), undefined)
  t.same(brief(3), [[2, 10, 10, 10, 10, 10]])
  t.same(brief(LOWEST), [
    [0, 100, 120, 80, 120, 120],
    [2, 150, 10, 10, 150, 10],
  ])
})

t.test('a series that is on sale no more ends with nothing', async (t) => {
  const hours = hoursOf(cursorOver(at(0, 0) - 1, { 1: 100 }, [[at(0, 30), {}]]))
  for (const series of [1, LOWEST]) {
    t.match(hours.get(series), [{ hour: FIRST, open: 100, onSaleMs: 30 * MINUTE_MS, end: null }])
  }
})

t.test('where nothing changed there are no hours', async (t) => {
  t.equal(hoursOf(cursorOver(at(0, 0), { 1: 100 }, [])).size, 0)
  t.equal(hoursOf(cursorOver(at(0, 0), {}, [])).size, 0)
})
