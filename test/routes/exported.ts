import type { PriceRecord } from '../../schemas/export.ts'
import { toTime } from '../../schemas/to-time.ts'
import { API, type App } from './helper.ts'

/** A moment in November 2026: `22T08:00`. */
export const ms = (text: string) => Date.parse(`2026-11-${text}Z`)
export const iso = (text: string) => toTime(ms(text))

export const NOW = ms('22T08:00')
export const URL = `${API}/export/prices`
export const HEAD = 'product_id,offer_id,at,event,price,items_in_stock,until'

/** A day is between polls, so that none of these products has a gap unless a poll failed. */
export const SLOW = { REFRESH_INTERVAL_SECONDS: '86400' }

/** The lines of an answer without the last line break. */
export const linesOf = (text: string, end: string) => {
  if (text !== '' && !text.endsWith(end)) throw new Error(`no ${JSON.stringify(end)} at the end`)
  return text.split(end).slice(0, -1)
}

export const parse = (text: string) =>
  linesOf(text, '\n').map((line) => JSON.parse(line) as PriceRecord)

export async function exported(app: App, query: string): Promise<PriceRecord[]> {
  const response = await app.inject(`${URL}?format=ndjson&${query}`)
  if (response.statusCode !== 200) throw new Error(response.body)
  return parse(response.body)
}

export type Row = [
  event: PriceRecord['event'],
  offer: string | null,
  at: string,
  what: unknown,
  stock?: unknown,
]

/** A record in short: a gap with its end, all else with price and stock. */
export const short = ({ event, offer_id, at, price, items_in_stock, until }: PriceRecord): Row =>
  event === 'gap'
    ? [event, offer_id, at.slice(8, 16), until?.slice(8, 16)]
    : [event, offer_id, at.slice(8, 16), price, items_in_stock]

export const between = (id: string, from: string, to: string) =>
  `product_id=${id}&from=${iso(from)}&to=${iso(to)}`
