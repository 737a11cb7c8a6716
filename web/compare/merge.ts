import type { Gap } from '../../history/coverage.ts'
import { type ChartData, indexAt, type Price } from '../product/chart-data.ts'

/** The times at which any of the charts changes. */
const timesOf = (charts: ChartData[]) =>
  [...new Set(charts.flatMap(({ times }) => times))].sort((a, b) => a - b)

/** The price of a chart that is in force at each of the times. */
function along(times: number[], { times: own, lowest }: ChartData): Price[] {
  return times.map((at) => (at < Number(own[0]) ? null : (lowest[indexAt(own, at)] ?? null)))
}

/** The periods in which nothing was observed of any of the charts. */
function commonGaps(times: number[], charts: ChartData[]): Gap[] {
  const common: Gap[] = []
  for (const [index, from] of times.slice(0, -1).entries()) {
    const unseen = charts.every(({ gaps }) => gaps.some((gap) => gap.from <= from && from < gap.to))
    if (!unseen) continue
    const to = Number(times[index + 1])
    const last = common.at(-1)
    if (last?.to === from) last.to = to
    else common.push({ from, to })
  }
  return common
}

/** One chart of the lowest prices of several, which must have the same window. */
export function merged(charts: [ChartData, ...ChartData[]]): ChartData {
  const [{ from, to }] = charts
  const times = timesOf(charts)
  const [lowest = [], ...offers] = charts.map((chart) => along(times, chart))
  return { from, to, gaps: commonGaps(times, charts), times, lowest, band: undefined, offers }
}
