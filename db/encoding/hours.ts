/**
 * The stored format of the hours of a day in which a price changed:
 *
 *     hour  = flags+hour-of-day, then
 *             with prices: low open-low close-low high-low area missing   area: the sum of each price times
 *                                                                         the ms it stood, a double;
 *                                                                         missing: ms of the hour not
 *                                                                         on sale
 *             on sale at its end: stock prior                             prior: 0 for none, else + 1
 *
 * Beside it, as versions from before do not know of it, the stock of these hours while on sale:
 *
 *     stock = hour-of-day low high-low
 */
import type { PriceHour, Standing } from '../../history/hours.ts'
import { HOUR_MS } from '../../history/time.ts'
import { ByteReader, ByteWriter } from './bytes.ts'

const HOURS_PER_DAY = 24
const PRICED = 32
const ENDS_ON_SALE = 64
const NO_HOURS = new Uint8Array()

export function encodeHours(hours: PriceHour[]): Buffer {
  const out = new ByteWriter()
  for (const { hour, open, close, low, high, onSaleMs, excess, end } of hours) {
    const priced = open !== null && close !== null && low !== null && high !== null
    out.uint((hour % HOURS_PER_DAY) + (priced ? PRICED : 0) + (end ? ENDS_ON_SALE : 0))
    if (priced) {
      out
        .uint(low)
        .uint(open - low)
        .uint(close - low)
        .uint(high - low)
      out.float(low * onSaleMs + excess).uint(HOUR_MS - onSaleMs)
    }
    if (end) {
      out.uint(end.itemsInStock).uint(end.lowestPrior === null ? 0 : end.lowestPrior + 1)
    }
  }
  return out.bytes()
}

/** The lowest and the highest stock of each hour, as far as they are known. */
export function encodeStocks(hours: PriceHour[]): Buffer {
  const out = new ByteWriter()
  for (const { hour, stockLow, stockHigh } of hours) {
    if (stockLow === null || stockHigh === null) continue
    out
      .uint(hour % HOURS_PER_DAY)
      .uint(stockLow)
      .uint(stockHigh - stockLow)
  }
  return out.bytes()
}

/** The lowest and the highest stock of an hour. */
type Stock = Pick<PriceHour, 'stockLow' | 'stockHigh'>

const NO_STOCK: Stock = { stockLow: null, stockHigh: null }

/** The stocks of the hours that have one, by hour of the day. */
function decodeStocks(bytes: Uint8Array): Stock[] {
  const input = new ByteReader(bytes)
  const stocks: Stock[] = []
  while (!input.done) {
    const hour = input.uint()
    const stockLow = input.uint()
    stocks[hour] = { stockLow, stockHigh: stockLow + input.uint() }
  }
  return stocks
}

function decodeEnd(input: ByteReader, price: number): Standing {
  const itemsInStock = input.uint()
  const prior = input.uint()
  return { price, itemsInStock, lowestPrior: prior === 0 ? null : prior - 1 }
}

/** The rest of an hour with prices. A year of ten offers has a hundred thousand, so they are made without copies. */
function decodePriced(
  input: ByteReader,
  hour: number,
  endsOnSale: boolean,
  { stockLow, stockHigh }: Stock,
): PriceHour {
  const low = input.uint()
  const open = low + input.uint()
  const close = low + input.uint()
  const high = low + input.uint()
  const area = input.float()
  const onSaleMs = HOUR_MS - input.uint()
  const excess = area - low * onSaleMs
  const end = endsOnSale ? decodeEnd(input, close) : null
  return { hour, open, close, low, high, excess, onSaleMs, stockLow, stockHigh, end }
}

const unpriced = (hour: number): PriceHour => ({
  hour,
  ...{ open: null, close: null, low: null, high: null, excess: 0, onSaleMs: 0 },
  ...NO_STOCK,
  end: null,
})

/** The hours of a day, given in days since 1970, with their stocks if those were kept. */
export function decodeHours(
  day: number,
  bytes: Uint8Array,
  stockBytes: Uint8Array | null,
): PriceHour[] {
  const input = new ByteReader(bytes)
  const stocks = decodeStocks(stockBytes ?? NO_HOURS)
  const hours: PriceHour[] = []
  while (!input.done) {
    const head = input.uint()
    const ofDay = head % PRICED
    const hour = day * HOURS_PER_DAY + ofDay
    const stock = stocks[ofDay] ?? NO_STOCK
    const endsOnSale = (head & ENDS_ON_SALE) !== 0
    hours.push(head & PRICED ? decodePriced(input, hour, endsOnSale, stock) : unpriced(hour))
  }
  return hours
}

/** The rollup of a day, as it is stored. */
export interface StoredDay {
  hours: Uint8Array
  stocks: Uint8Array | null
}

const NO_DAY: StoredDay = { hours: NO_HOURS, stocks: null }

/**
 * The rollups to store for hours of a series that have been summed up from `from` on. They replace stored hours
 * of that time, which exist if a later change fell into them because the clock was set back.
 */
export function mergeDays(
  hours: PriceHour[],
  from: number,
  stored: (day: number) => StoredDay | undefined,
): [day: number, hours: Buffer, stocks: Buffer][] {
  const days = Map.groupBy(hours, ({ hour }) => Math.floor(hour / HOURS_PER_DAY))
  return [...days].map(([day, summed]) => {
    const { hours: bytes, stocks } = stored(day) ?? NO_DAY
    const known = decodeHours(day, bytes, stocks)
    const before = known.filter(({ hour }) => hour * HOUR_MS < from)
    const all = [...before, ...summed]
    return [day, encodeHours(all), encodeStocks(all)]
  })
}
