import t from 'tap'
import { moment } from '../../web/format.ts'
import { price } from '../../web/price.ts'
import type { ChartData } from '../../web/product/chart-data.ts'
import { inWords, readingAt } from '../../web/product/reading.ts'

const style = { colour: '#000000', dash: [], width: 1 }
const lines = [
  { label: 'lowest price', style, prices: [5000, null, null, 7000] },
  { label: 'offer a', style, prices: [6000, null, null, 7000] },
  { label: 'offer b', style, prices: [5000, null, null, null] },
]
const data: ChartData = {
  from: 0,
  to: 100,
  gaps: [{ from: 20, to: 40 }],
  times: [0, 20, 40, 60],
  lowest: [5000, null, null, 7000],
  band: undefined,
  offers: [],
}
const bucketed = {
  ...data,
  band: { low: [4000, null, null, 7000], high: [5500, null, null, 7000] },
}

t.test('a reading has the prices as they lie above each other', async (t) => {
  const { values, observed, at } = readingAt(data, lines, 0, 13)
  t.strictSame(
    values.map(({ label, price }) => [label, price]),
    [
      ['offer a', 6000],
      ['offer b', 5000],
      ['lowest price', 5000],
    ],
  )
  t.ok(observed)
  t.equal(at, 13)
})

t.test('a reading of buckets is that of the whole bucket', async (t) => {
  const reading = readingAt(bucketed, lines, 0, 13)
  t.equal(reading.at, 0)
  t.equal(reading.band, `${price(4000)} – ${price(5500)}`)
  t.equal(readingAt(bucketed, lines, 3, 61).band, undefined, 'nothing moved in it')
})

const words: [what: string, data: ChartData, index: number, at: number, text: string][] = [
  [
    'prices',
    data,
    0,
    13,
    `${moment(13)}: lowest price ${price(5000)}; offer b ${price(5000)}; offer a ${price(6000)}`,
  ],
  [
    'buckets',
    bucketed,
    0,
    13,
    `${moment(0)}: lowest price ${price(5000)}; offer b ${price(5000)}; offer a ${price(6000)}; ` +
      `lowest price between ${price(4000)} – ${price(5500)}`,
  ],
  ['a gap', data, 1, 25, `${moment(25)}: not observed`],
  ['a time without offers', data, 2, 40, `${moment(40)}: nothing on sale`],
]
for (const [what, shown, index, at, text] of words) {
  t.test(`a reading of ${what} in words`, async (t) => {
    t.equal(inWords(readingAt(shown, lines, index, at)), text)
  })
}
