import { NO_PAUSE, type Pause } from '../pause.ts'
import type { FreshSpan } from './product.ts'

/** When an answer about stored products stays the same, if nothing is written: from one time to another, both included. */
export interface SteadySpan {
  from: number
  to: number
  /** The due time of the product that is due first. */
  dueAt: number
  /** The name of the pause that the answer shows; empty if it shows none, as nothing was due by its end. */
  pause: string
}

/** What a span depends on; times in epoch ms. */
interface SpanRow {
  checkedAt: number | null
  nextAt: number | null
}

const ALWAYS = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }

/** For what stays the same from a time on, whatever is due or paused. */
export const steadyFrom = (from: number): SteadySpan => ({
  ...{ ...ALWAYS, from },
  ...{ dueAt: Number.POSITIVE_INFINITY, pause: NO_PAUSE.name },
})

/** When `stale` is the same as at the end of `fresh`. */
function sameFreshness(checkedAt: number | null, { since, until }: FreshSpan) {
  if (checkedAt === null) return ALWAYS
  const lastFresh = checkedAt + until - since
  if (until < checkedAt) return { ...ALWAYS, to: checkedAt - 1 }
  if (until > lastFresh) return { ...ALWAYS, from: lastFresh + 1 }
  return { from: checkedAt, to: lastFresh }
}

/** When a product is due, or not, as it is now. */
const sameSide = (dueAt: number, now: number) =>
  dueAt <= now ? { ...ALWAYS, from: dueAt } : { ...ALWAYS, to: dueAt - 1 }

/** When an answer about products that was made under `pause` stays the same. */
export function steadySpan(rows: SpanRow[], fresh: FreshSpan, pause: Pause): SteadySpan {
  const dueTimes = rows.map(({ nextAt }) => nextAt ?? Number.POSITIVE_INFINITY)
  const dueAt = Math.min(...dueTimes)
  const showsPause = dueAt <= pause.dueBy
  const spans = rows.map(({ checkedAt }) => sameFreshness(checkedAt, fresh))
  if (showsPause) spans.push(...dueTimes.map((due) => sameSide(due, pause.at)))
  return {
    from: Math.max(...spans.map(({ from }) => from)),
    to: Math.min(...spans.map(({ to }) => to)),
    dueAt,
    pause: showsPause ? pause.name : NO_PAUSE.name,
  }
}

/** Whether an answer with this span is still true, at `now` and under `pause`. */
export function isSteady(span: SteadySpan, now: number, pause: Pause): boolean {
  if (now < span.from || now > span.to) return false
  return span.pause === NO_PAUSE.name ? span.dueAt > pause.dueBy : span.pause === pause.name
}
