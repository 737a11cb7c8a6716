/** What both engines do about alerts when a poll is settled; `alerts/` decides. */
import { lookBack, type WatchedHistory, watched } from '../alerts/preview.ts'
import { staleSightings } from '../alerts/stale.ts'
import { type AlertState, type Sighting, Watch } from '../alerts/watch.ts'
import type { ReadWindow } from '../history/window-parts.ts'
import type { Condition, Rule } from '../schemas/alert-rules.ts'
import type { HistoryReader } from './encoding/history-reader.ts'

/** An enabled alert as it is stored. */
export interface LiveAlertRow {
  id: string
  /** A `Rule` as JSON. */
  rule: string
  /** From when on it watches. */
  since: number
  /** The only product that it watches; null for all, or for those with the tag. */
  productKey: number | null
  /** The tag whose products it watches; null for any. */
  tag: string | null
}

/** A tag of a product, and when the product got it. */
export interface ProductTag {
  tag: string
  since: number
}

export interface LiveAlert extends Omit<LiveAlertRow, 'rule'> {
  rule: Rule
}

/** One that fires when a product has not been polled for too long. */
export type StaleAlert = LiveAlert & { rule: { condition: Extract<Condition, { type: 'stale' }> } }

const isStale = (alert: LiveAlert): alert is StaleAlert => alert.rule.condition.type === 'stale'

/** A change of the lowest price in stock of a product. */
export interface PriceChange {
  key: number
  /** When it happened, as the history has it: later than the poll if the clock was put back behind the history. */
  at: number
  /** When the poll saw it. */
  polledAt: number
  /** When the poll is settled. */
  now: number
  price: number | null
  before: number | null
}

/** What was decided about an alert and a product. */
export interface Decision {
  sightings: Sighting[]
  state: AlertState | undefined
}

/** A product that was polled again, or not yet, since its last good poll. */
export interface Repolled {
  checkedAt: number
  /** The next good poll; null if there was none by `now`. */
  nextAt: number | null
  now: number
}

export const liveAlert = ({ rule, ...row }: LiveAlertRow): LiveAlert => ({
  ...row,
  rule: JSON.parse(rule),
})

/** The alerts that watch, in memory: what settles a poll looks its product up here. */
export class LiveAlerts {
  readonly #all: LiveAlert[]
  readonly #byProduct: Map<number | null, LiveAlert[]>
  readonly #byTag: Map<string | null, LiveAlert[]>
  /** Whether some alert watches the products with a tag. */
  readonly hasTags: boolean
  readonly stale: StaleAlert[]

  constructor(rows: readonly LiveAlertRow[]) {
    const alerts = rows.map(liveAlert)
    this.#byTag = Map.groupBy(alerts, ({ tag }) => tag)
    this.hasTags = alerts.some(({ tag }) => tag !== null)
    this.#byProduct = Map.groupBy(this.#byTag.get(null) ?? [], ({ productKey }) => productKey)
    this.#all = this.#byProduct.get(null) ?? []
    this.stale = alerts.filter(isStale)
  }

  /** Whether some alert may watch a product, whose tags are not known. */
  watches(key: number): boolean {
    return this.#all.length > 0 || this.hasTags || this.#byProduct.has(key)
  }

  /** The alerts that watch a product with these tags: those about a tag from when the product got it on. */
  of(key: number, tags: readonly ProductTag[] = []): LiveAlert[] {
    const tagged = tags.flatMap(({ tag, since }) =>
      (this.#byTag.get(tag) ?? []).map((alert) => ({
        ...alert,
        since: Math.max(alert.since, since),
      })),
    )
    return [...(this.#byProduct.get(key) ?? []), ...tagged, ...this.#all]
  }

  /** The alerts that tell what is true already of a product that gets these tags at a time. */
  askedOf(tags: readonly string[], at: number): LiveAlert[] {
    const alerts = tags.flatMap((tag) => this.#byTag.get(tag) ?? [])
    return alerts
      .filter(({ rule }) => rule.fire_if_true)
      .map((alert) => ({ ...alert, since: Math.max(alert.since, at) }))
  }
}

/** An alert that is to decide on a change, and its state. */
interface Watching {
  alert: LiveAlert
  state: AlertState | undefined
}

/**
 * From when on an alert that has no state watches a product: from its creation, unless the clock was put back since then
 * or is behind the history. Times do not tell then which change was before the creation, so it watches from this change
 * on, which does not count itself if its poll was under way at the creation.
 */
function watchedFrom({ since }: LiveAlert, { at, polledAt, now }: PriceChange): number {
  if (since > now) return at - 1
  if (at === polledAt) return since
  return since > polledAt ? at : at - 1
}

/** From when on an alert needs the history to decide on a change; at its time if the state of the alert tells enough. */
const neededFrom = ({ alert, state }: Watching, change: PriceChange) =>
  lookBack(alert.rule, state ? change.at : Math.min(watchedFrom(alert, change), change.at))

/** From when on the history is needed for all of them to decide; undefined if their states tell enough. */
export function historyFrom(
  watching: readonly Watching[],
  change: PriceChange,
): number | undefined {
  const { at } = change
  const from = Math.min(...watching.map((one) => neededFrom(one, change)))
  return from < at || watching.some(({ state }) => !state) ? from : undefined
}

/**
 * Decides on a change of price. An alert that has no state for the product was created since the last change, or the
 * product is new: then everything since its creation is watched. A poll that was under way at the creation tells only
 * how the condition stood then, so that no firing is older than its alert.
 *
 * A state has the time of the poll at which the alert fired, so that it cools down by the clock also while that is
 * behind the history, where all changes are a millisecond apart.
 */
export function onPrice(
  alert: LiveAlert,
  change: PriceChange,
  state: AlertState | undefined,
  history: Pick<WatchedHistory, 'segments' | 'rawFrom'> | undefined,
): Decision {
  const { at, price, before } = change
  const behindMs = at - change.polledAt
  const known = firedLater(state, behindMs)
  if (history) {
    const range = { since: state ? at - 1 : watchedFrom(alert, change), until: at, state: known }
    const { watch, sightings } = watched(alert.rule, history, range)
    return { sightings, state: firedLater(watch.state, -behindMs) }
  }
  const watch = new Watch(alert.rule, known)
  watch.recall(at, before)
  const sighting = watch.next(at, price)
  return { sightings: sighting ? [sighting] : [], state: firedLater(watch.state, -behindMs) }
}

/** The state of an alert that fired so much later. */
const firedLater = (state: AlertState | undefined, ms: number): AlertState | undefined =>
  state && { ...state, firedAt: state.firedAt === null ? null : state.firedAt + ms }

/** Decides whether a product has become stale. */
export function onStale(
  { rule, since }: LiveAlert,
  { checkedAt, nextAt, now }: Repolled,
  state: AlertState | undefined,
  gapMs: number,
): Decision {
  const { condition } = rule
  if (condition.type !== 'stale') return { sightings: [], state }
  const next = nextAt === null ? [] : [{ since: nextAt, until: nextAt }]
  const covered = [{ since: checkedAt, until: checkedAt }, ...next]
  const polled = { covered, since: Math.min(since, now), until: nextAt ?? now, gapMs }
  const sightings = staleSightings({ ...rule, condition }, polled, state?.firedAt ?? null)
  const last = sightings.at(-1)
  return { sightings, state: last ? { armed: true, firedAt: last.at } : state }
}

/** The prices of a product in a window, from its first one on. */
export function pricesBetween(
  reader: HistoryReader,
  key: number,
  { from, to, last }: Omit<ReadWindow, 'byHour'>,
) {
  const extent = reader.extent(key)
  const begin = Math.max(from, Math.min(extent?.firstSeenAt ?? to, to))
  const { segments } = reader.lowest(key, [], { from: begin, to, byHour: false, last })
  return { segments, rawFrom: extent?.rawFrom ?? 0 }
}
