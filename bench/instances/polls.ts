import type { LogEntry } from '../../simulator/served.ts'

/** What the polls between two moments were like. */
export interface PollCounts {
  /** Polls of the product that had the fewest, and of the one that had the most. */
  fewest: number
  most: number
  /** Polls of all products, for each product. */
  mean: number
  /** How many products had each number of polls. */
  byPolls: Record<number, number>
  /** The longest time in seconds that any product waited for its next poll. */
  longestGapS: number
}

/** When each product was answered, as the Offers service saw it. */
export class Polls {
  readonly #times = new Map<string, number[]>()

  record({ at, call, product, status }: LogEntry): void {
    if (call !== 'offers' || status !== 200 || product === null) return
    const times = this.#times.get(product)
    if (times) times.push(at)
    else this.#times.set(product, [at])
  }

  /** How many products have been answered at least once. */
  get products(): number {
    return this.#times.size
  }

  /** The moments at which a product was answered, in milliseconds since 1970. */
  timesOf(product: string): readonly number[] {
    return this.#times.get(product) ?? []
  }

  /** Counts the answers from one moment until another, both in milliseconds since 1970. */
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
