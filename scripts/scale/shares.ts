/** What one instance has done so far, by its metrics. */
export interface Tally {
  /** Polls by this instance. */
  polls: number
  /** The share of all products, of whichever instance, that were polled in time. */
  withinTarget: number
}

/** Reads a tally from the text of `GET /metrics`. */
export function readTally(metrics: string): Tally {
  const values = (name: string) =>
    [...metrics.matchAll(new RegExp(`^${name}(?:\\{.*call="offers".*\\})? (\\S+)$`, 'gm'))].map(
      ([, value]) => Number(value),
    )
  const polls = values('offers_call_duration_seconds_count').reduce((sum, one) => sum + one, 0)
  const [withinTarget = Number.NaN] = values('refresh_within_target_ratio')
  return { polls, withinTarget }
}

/** One line a step: the polls a second of each instance since the step before, or that it is gone. */
export function lineOf(
  names: string[],
  before: Map<string, Tally>,
  now: Map<string, Tally>,
  seconds: number,
): string {
  const rates = names.map((name) => {
    const [earlier, later] = [before.get(name), now.get(name)]
    if (!later) return `${name}    gone`
    return `${name} ${((later.polls - (earlier?.polls ?? 0)) / seconds).toFixed(1).padStart(7)}/s`
  })
  const [{ withinTarget } = { withinTarget: Number.NaN }] = now.values()
  return `${rates.join('   ')}   in time: ${(100 * withinTarget).toFixed(1)}%`
}
