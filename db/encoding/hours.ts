/**
 * The stored format of the hours of a day in which a price changed:
 *
 *     hour  = flags+hour-of-day, then
 *             with prices: low open-low close-low high-low area missing   area: the sum of each price times
 *                                                                         the ms it stood, a double;
 *                                                                         missing: ms of the hour not
 *                                                                         on sale
 *             on sale at its end: stock prior                             prior: 0 for none, else + 1
 */
import type { PriceHour } from '../../history/hours.ts'
import { HOUR_MS } from '../../history/time.ts'
import { ByteReader, ByteWriter } from './bytes.ts'

const HOURS_A_DAY = 24
const PRICED = 32
const ENDS_ON_SALE = 64
const NO_HOURS = new Uint8Array()

export function encodeHours(hours: PriceHour[]): Buffer {
  const out = new ByteWriter()
  for (const { hour, open, close, low, high, onSaleMs, excess, end } of hours) {
    const priced = open !== null && close !== null && low !== null && high !== null
    out.uint((hour % HOURS_A_DAY) + (priced ? PRICED : 0) + (end ? ENDS_ON_SALE : 0))
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

const UNPRICED = { open: null, close: null, low: null, high: null, excess: 0, onSaleMs: 0 }

function decodePrices(input: ByteReader) {
  const low = input.uint()
  const open = low + input.uint()
  const close = low + input.uint()
  const high = low + input.uint()
  const area = input.float()
  const onSaleMs = HOUR_MS - input.uint()
  return { open, close, low, high, excess: area - low * onSaleMs, onSaleMs }
}

function decodeEnd(input: ByteReader, price: number) {
  const itemsInStock = input.uint()
  const prior = input.uint()
  return { price, itemsInStock, lowestPrior: prior === 0 ? null : prior - 1 }
}

/** The hours of a day, given in days since 1970. */
export function decodeHours(day: number, bytes: Uint8Array): PriceHour[] {
  const input = new ByteReader(bytes)
  const hours: PriceHour[] = []
  while (!input.done) {
    const head = input.uint()
    const hour = day * HOURS_A_DAY + (head % PRICED)
    if (head & PRICED) {
      const prices = decodePrices(input)
      const end = head & ENDS_ON_SALE ? decodeEnd(input, prices.close) : null
      hours.push({ hour, ...prices, end })
    } else {
      hours.push({ hour, ...UNPRICED, end: null })
    }
  }
  return hours
}

/**
 * The rollups to store for hours of a series that have been summed up from `from` on. They replace stored hours
 * of that time, which exist if a later change fell into them because the clock was set back.
 */
export function mergeDays(
  hours: PriceHour[],
  from: number,
  stored: (day: number) => Uint8Array | undefined,
): [day: number, hours: Buffer][] {
  const days = Map.groupBy(hours, ({ hour }) => Math.floor(hour / HOURS_A_DAY))
  return [...days].map(([day, summed]) => {
    const known = decodeHours(day, stored(day) ?? NO_HOURS)
    const before = known.filter(({ hour }) => hour * HOUR_MS < from)
    return [day, encodeHours([...before, ...summed])]
  })
}
