import t from 'tap'
import { merged } from '../../web/compare/merge.ts'
import type { ChartData } from '../../web/product/chart-data.ts'

const chart = (
  steps: [at: number, price: number | null][],
  gaps: [number, number][] = [],
): ChartData => ({
  from: 0,
  to: 100,
  gaps: gaps.map(([from, to]) => ({ from, to })),
  times: steps.map(([at]) => at),
  lowest: steps.map(([, price]) => price),
  band: undefined,
  offers: [],
})

t.test('charts are merged into one time axis, on which each keeps its prices', async (t) => {
  const one = chart([
    [0, 5],
    [40, 6],
    [100, 6],
  ])
  const other = chart([
    [20, 9],
    [40, null],
    [60, 8],
    [100, 8],
  ])
  t.strictSame(merged([one, other]), {
    from: 0,
    to: 100,
    gaps: [],
    times: [0, 20, 40, 60, 100],
    lowest: [5, 5, 6, 6, 6],
    band: undefined,
    offers: [[null, 9, null, 8, 8]],
  })
})

t.test('what was observed of none of the charts is a gap', async (t) => {
  const one = chart(
    [
      [0, 5],
      [10, null],
      [50, 5],
      [100, 5],
    ],
    [[10, 50]],
  )
  const other = chart(
    [
      [0, 9],
      [20, null],
      [40, null],
      [60, 9],
      [100, 9],
    ],
    [
      [20, 40],
      [40, 60],
    ],
  )
  t.strictSame(merged([one, other]).gaps, [{ from: 20, to: 50 }])
})

t.test('one chart keeps its prices and its gaps', async (t) => {
  const steps: [number, number | null][] = [
    [0, 5],
    [20, null],
    [30, 5],
    [50, null],
    [60, 6],
    [100, 6],
  ]
  const one = chart(steps, [
    [20, 30],
    [50, 60],
  ])
  t.strictSame(merged([one]).lowest, one.lowest)
  t.strictSame(merged([one]).gaps, one.gaps)
})
