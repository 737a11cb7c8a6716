/** A time in which it was looked, or was not. */
export interface Span {
  since: number
  until: number
}

const iso = (ms: number) => new Date(ms).toISOString()

/** When somebody looked at a product: the runs of its good polls. */
export class Looks {
  readonly #runs: Span[] = []
  readonly #pauses: readonly Span[]
  /** The last run cannot go on. */
  #ended = true

  /** Nobody looks at any product in the pauses, which can become more. */
  constructor(pauses: readonly Span[]) {
    this.#pauses = pauses
  }

  /** A good poll. */
  good(at: number, gapMs: number): void {
    const last = this.#goingOn(at, gapMs)
    if (last) last.until = at
    else this.#runs.push({ since: at, until: at })
    this.#ended = false
  }

  /** Nobody looks any more, up to the next good poll. */
  end(): void {
    this.#ended = true
  }

  /** Until when it was looked, before `at`; undefined before the first look. */
  lastBefore(at: number): number | undefined {
    const begun = this.#runs.filter(({ since }) => since <= at)
    return begun.length > 0 ? Math.min(at, Math.max(...begun.map(({ until }) => until))) : undefined
  }

  /** When the last good poll was. */
  get last(): number | undefined {
    return this.#runs.at(-1)?.until
  }

  /** The share of a window that was looked at. */
  coverage(from: number, to: number, now: number, gapMs: number): number {
    const runs = this.#upTo(now, gapMs)
    if (from === to) return runs.some(({ since, until }) => since <= to && until >= from) ? 1 : 0
    const missed = missing(runs, from, to).reduce((sum, gap) => sum + gap.until - gap.since, 0)
    return (to - from - missed) / (to - from)
  }

  /** The parts of a window without polls, except those of less than a thousandth. */
  gaps(from: number, to: number, now: number, gapMs: number) {
    return missing(this.#upTo(now, gapMs), from, to)
      .filter(({ since, until }) => (until - since) * 1000 >= to - from)
      .map(({ since, until }) => ({ from: iso(since), to: iso(until) }))
  }

  /** All parts of a window that were looked at. */
  observed(from: number, to: number, now: number, gapMs: number): Span[] {
    const gaps = missing(this.#upTo(now, gapMs), from, to)
    const ends = [...gaps.map(({ since }) => since), to]
    const starts = [from, ...gaps.map(({ until }) => until)]
    return starts
      .map((since, index) => ({ since, until: ends[index] ?? to }))
      .filter(({ since, until }) => since < until)
  }

  /** All parts of a window without polls, from the first poll on. */
  gapsSinceFirst(from: number, to: number, now: number, gapMs: number): Span[] {
    const runs = this.#upTo(now, gapMs)
    const first = runs[0]
    return first ? missing(runs, Math.max(from, first.since), to) : []
  }

  /**
   * The runs up to `now`, in time order. The last one goes on unless polls fail or stay away; what a
   * clock left in the future that was put back since then is not known yet.
   */
  #upTo(now: number, gapMs: number): Span[] {
    const runs = [...this.#runs]
    const last = this.#goingOn(now, gapMs)
    if (last) runs[runs.length - 1] = { ...last, until: now }
    return runs
      .filter(({ since }) => since <= now)
      .map(({ since, until }) => ({ since, until: Math.min(until, now) }))
      .sort((a, b) => a.since - b.since)
  }

  /** The last run, if it reaches to `at`: not from more than `gapMs` before, nor from after that. */
  #goingOn(at: number, gapMs: number): Span | undefined {
    const last = this.#runs.at(-1)
    if (!last || this.#ended || at < last.until || at - last.until > gapMs) return undefined
    const paused = this.#pauses.some(({ since, until }) => until > last.until && since < at)
    return paused ? undefined : last
  }
}

/** The parts of a window outside of all runs. A single look parts two. */
function missing(runs: Span[], from: number, to: number): Span[] {
  const gaps: Span[] = []
  let reached = from
  for (const { since, until } of runs) {
    if (since >= to) break
    if (since > reached) gaps.push({ since: reached, until: since })
    reached = Math.max(reached, until)
  }
  if (reached < to) gaps.push({ since: reached, until: to })
  return gaps
}
