import { HourSummary, type PriceHour, type Standing } from './hours.ts'
import { lowestOf } from './lowest.ts'
import type { HistoryCursor, OfferState } from './offer-state.ts'
import { LOWEST } from './series.ts'
import { HOUR_MS } from './time.ts'

function standingOf({ price, itemsInStock, lowestPrior }: OfferState): Standing {
  return { price, itemsInStock, lowestPrior }
}

function lowestStanding(onSale: Iterable<OfferState>): Standing | null {
  const lowest = lowestOf(onSale)
  return lowest && { ...lowest, lowestPrior: null }
}

/** Summarises the hours of all series of a product from its changes in order. */
class Rollup {
  readonly hours = new Map<number, PriceHour[]>()
  readonly #standing = new Map<number, Standing>()
  readonly #open = new Map<number, HourSummary>()
  #hour = 0

  /** The state before the first change. */
  begin(onSale: readonly OfferState[]): void {
    for (const offer of onSale) this.#standing.set(offer.number, standingOf(offer))
    const lowest = lowestStanding(onSale)
    if (lowest) this.#standing.set(LOWEST, lowest)
  }

  poll({ at, changed, onSale }: HistoryCursor): void {
    const hour = Math.floor(at / HOUR_MS)
    if (hour !== this.#hour) this.endHour()
    this.#hour = hour
    for (const offer of changed) {
      this.#change(offer.number, at, offer.event === 'delisted' ? null : standingOf(offer))
    }
    const before = this.#standing.get(LOWEST)
    const now = lowestStanding(onSale)
    if (before?.price !== now?.price || before?.itemsInStock !== now?.itemsInStock) {
      this.#change(LOWEST, at, now)
    }
  }

  endHour(): void {
    for (const [series, summary] of this.#open) {
      const known = this.hours.get(series)
      if (known) known.push(summary.end())
      else this.hours.set(series, [summary.end()])
    }
    this.#open.clear()
  }

  #change(series: number, at: number, now: Standing | null): void {
    const summary =
      this.#open.get(series) ?? new HourSummary(this.#hour, this.#standing.get(series) ?? null)
    this.#open.set(series, summary)
    summary.change(at, now)
    if (now) this.#standing.set(series, now)
    else this.#standing.delete(series)
  }
}

/** The hours in which a series changed, by the number of the series, from the polls of a window. */
export function hoursOf(cursor: HistoryCursor): Map<number, PriceHour[]> {
  const rollup = new Rollup()
  while (cursor.next()) {
    if (cursor.changed.length === 0) rollup.begin(cursor.onSale)
    else rollup.poll(cursor)
  }
  rollup.endHour()
  return rollup.hours
}
