import t from 'tap'
import {
  type PriceSettings,
  parsePrice,
  plainPrice,
  price,
  priceChange,
  setPriceSettings,
} from '../../web/price.ts'

const PLAIN: PriceSettings = { unit: '', minorDigits: 0 }
t.beforeEach(() => setPriceSettings(PLAIN))

t.test('a price without a unit is a number, and none is a dash', async (t) => {
  t.match(price(41_900), /^41.900$/)
  t.match(price(43_200.5), /^43.200[.,]5$/)
  t.equal(price(null), '–')
  t.equal(price(undefined), '–')
  t.match(priceChange(1_000), /^\+1.000$/)
  t.equal(priceChange(-5), '-5')
})

for (const [what, settings, wanted] of [
  ['a currency with minor units', { unit: 'EUR', minorDigits: 2 }, /€.?419[.,]00|419[.,]00.?€/],
  ['a currency without', { unit: 'EUR', minorDigits: 0 }, /€.?41.900$|41.900.?€/],
  ['an unknown currency', { unit: 'XQZ', minorDigits: 1 }, /4.190[.,]0/],
  ['any other unit', { unit: 'points', minorDigits: 0 }, /^41.900 points$/],
  ['minor units without a unit', { unit: '', minorDigits: 3 }, /^41[.,]900$/],
] as const) {
  t.test(`a price is shown in ${what}`, async (t) => {
    setPriceSettings(settings)
    t.match(price(41_900), wanted)
    t.match(priceChange(41_900), /\+/)
  })
}

for (const [text, minorDigits, wanted] of [
  ['400', 0, 400],
  [' 400 ', 0, 400],
  ['0', 0, 0],
  ['400', 2, 40_000],
  ['400.5', 2, 40_050],
  ['400,55', 2, 40_055],
  ['400.', 2, 40_000],
  ['400.555', 2, undefined],
  ['400.5', 0, undefined],
  ['', 0, undefined],
  ['-5', 0, undefined],
  ['1e3', 0, undefined],
  ['9007199254740992', 0, undefined],
  ['90071992547409.92', 2, undefined],
] as const) {
  t.test(`with ${minorDigits} minor digits, “${text}” is ${wanted}`, async (t) => {
    setPriceSettings({ unit: '', minorDigits })
    t.equal(parsePrice(text), wanted)
    if (wanted !== undefined) t.equal(parsePrice(plainPrice(wanted)), wanted)
  })
}
