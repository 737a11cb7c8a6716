import type { LogEntry } from '../../simulator/served.ts'

/** Figures on the polls in a period. */
export interface PollCounts {
  /** The number of polls of the product that had the fewest, and of the one that had the most. */
  fewest: number
  most: number
  /** The mean number of polls per product. */
  mean: number
  /** The number of products by their number of polls. */
  byPolls: Record<number, number>
  /** The longest time in seconds that any product waited for its next poll. */
  longestGapS: number
}

/** Records when each product was polled successfully, by the clock of the Offers service. */
export class Polls {
  readonly #times = new Map<string, number[]>()

  record({ at, call, product, status }: LogEntry): void {
    if (call !== 'offers' || status !== 200 || product === null) return
    const times = this.#times.get(product)
    if (times) times.push(at)
    else this.#times.set(product, [at])
  }

  /** The number of products that have been polled at least once. */
  get products(): number {
    return this.#times.size
  }

  /** The times of the polls of a product, in epoch ms. */
  timesOf(product: string): readonly number[] {
    return this.#times.get(product) ?? []
  }

  /** Counts the polls between two times, both in epoch ms. */
  between(from: number, until: number): PollCounts {
    let [fewest, most, total, longestGap] = [Infinity, 0, 0, 0]
    const byPolls: Record<number, number> = {}
    for (const times of this.#times.values()) {
      const within = times.filter((at) => at >= from && at < until)
      fewest = Math.min(fewest, within.length)
      most = Math.max(most, within.length)
      total += within.length
      byPolls[within.length] = (byPolls[within.length] ?? 0) + 1
      let last = times.findLast((at) => at < from) ?? from
      for (const at of [...within, until]) {
        longestGap = Math.max(longestGap, at - last)
        last = at
      }
    }
    const mean = total / this.#times.size
    return { fewest, most, mean, byPolls, longestGapS: longestGap / 1000 }
  }
}
