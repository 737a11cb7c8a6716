import { DAY_MS } from '../../history/time.ts'
import { type TimeFormat, timeFormat } from '../formats.ts'

const years = timeFormat({ year: 'numeric' })
const months = timeFormat({ month: 'short' })
const days = timeFormat({ day: 'numeric', month: 'short' })
const minutes = timeFormat({ hour: 'numeric', minute: '2-digit' })
const seconds = timeFormat({ timeStyle: 'medium' })

/** The format that tells times with this step apart, and the format of what they share, which is shown once. */
function formats(stepMs: number): [each: TimeFormat, common?: TimeFormat] {
  if (stepMs >= 365 * DAY_MS) return [years]
  if (stepMs >= 28 * DAY_MS) return [months, years]
  if (stepMs >= DAY_MS) return [days, years]
  return [stepMs >= 60_000 ? minutes : seconds, days]
}

/** The labels of times on an axis, in local time. A second line shows each new day or year. */
export function timeLabels(moments: number[], stepMs: number): string[] {
  const [each, common] = formats(stepMs)
  let before: string | undefined
  return moments.map((moment) => {
    const label = each(moment)
    const inCommon = common?.(moment)
    if (inCommon === before) return label
    before = inCommon
    return `${label}\n${inCommon}`
  })
}

/** The range of the price axis: these prices with some margin, or a default range if there are none. */
export function priceRange(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 100]
  const margin = Math.max((high - low) * 0.08, high * 0.01, 1)
  return [Math.max(0, low - margin), high + margin]
}
