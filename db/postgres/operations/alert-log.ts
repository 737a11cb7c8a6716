import { lookBack, watched } from '../../../alerts/preview.ts'
import type { AlertState, Sighting } from '../../../alerts/watch.ts'
import { type ReadWindow, UP_TO_NOW } from '../../../history/window-parts.ts'
import { historyReader } from '../../encoding/history-reader.ts'
import {
  type Decision,
  historyFrom,
  type LiveAlert,
  type LiveAlertRow,
  LiveAlerts,
  onPrice,
  onStale,
  type ProductTag,
  pricesBetween,
  type Repolled,
} from '../../live-alerts.ts'
import { ALERT_LOCK } from '../advisory-locks.ts'
import { statement, WriteConflict } from '../connection.ts'
import type { Transaction } from '../group-commit.ts'
import { loadHistory } from '../history/loaded.ts'
import { readOne } from '../reader.ts'
import type { WatchedChange, WatchedGap } from '../settle/apply.ts'

const selectLive = statement<LiveAlertRow>(
  'alerts-live',
  'SELECT id, rule, since, product_key AS "productKey", tag FROM alerts WHERE enabled ORDER BY id',
)

export const selectRevision = statement<{ revision: number }>(
  'alert-revision',
  'SELECT revision FROM alert_revision',
)

const lockTogether = statement('alerts-lock', `SELECT pg_advisory_xact_lock_shared(${ALERT_LOCK})`)

const selectTags = statement<ProductTag & { key: number }>(
  'alerts-tags',
  'SELECT product_key AS key, tag, since FROM product_tags WHERE product_key = ANY($1::bigint[])',
)

const selectStates = statement<AlertState & { id: string; key: number }>(
  'alerts-states',
  `SELECT alert_id AS id, alert_states.product_key AS key, armed, fired_at AS "firedAt"
   FROM alert_states JOIN unnest($1::text[], $2::bigint[]) AS wanted (id, key)
     ON alert_id = wanted.id AND product_key = wanted.key`,
)

const saveStates = statement(
  'alerts-states-save',
  `INSERT INTO alert_states (alert_id, product_key, armed, fired_at)
   SELECT * FROM unnest($1::text[], $2::bigint[], $3::boolean[], $4::bigint[])
   ON CONFLICT (alert_id, product_key) DO UPDATE SET armed = excluded.armed, fired_at = excluded.fired_at`,
)

// An alert that was restarted may fire for the same price again, in the same millisecond.
const insertFirings = statement<{ id: string; at: number; key: number }>(
  'alerts-firings-insert',
  `INSERT INTO alert_firings (alert_id, at, product_key, price, previous_price, reference)
   SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
   ON CONFLICT DO NOTHING RETURNING alert_id AS id, at, product_key AS key`,
)

type Watched = WatchedChange | WatchedGap

/** Decides whether an alert fires, given its state. */
type Decide = (alert: LiveAlert, state: AlertState | undefined) => Decision

const nameOf = ({ id, key, at }: { id: string; key: number; at: number }) => `${id} ${key} ${at}`

/** The decisions about alerts in a transaction. */
class Decisions {
  readonly #states = new Map<string, { id: string; key: number; state: AlertState }>()
  readonly firings: (Decision['sightings'][number] & { id: string; key: number })[] = []

  add(id: string, key: number, { sightings, state }: Decision): void {
    if (state) this.#states.set(`${id} ${key}`, { id, key, state })
    this.firings.push(...sightings.map((sighting) => ({ ...sighting, id, key })))
  }

  state(id: string, key: number): AlertState | undefined {
    return this.#states.get(`${id} ${key}`)?.state
  }

  /** Reads the states that are stored. The alerts must still be those of the revision, and stay so until the commit. */
  async read(
    transaction: Transaction,
    revision: number,
    pairs: readonly [id: string, key: number][],
  ): Promise<void> {
    const { query } = transaction
    const values = [pairs.map(([id]) => id), pairs.map(([, key]) => key)]
    const [, current, rows] = await Promise.all([
      query(lockTogether),
      readOne(transaction, selectRevision),
      query(selectStates, values),
    ])
    if (current.revision !== revision) throw new WriteConflict()
    for (const { id, key, armed, firedAt } of rows) {
      this.#states.set(`${id} ${key}`, { id, key, state: { armed, firedAt } })
    }
  }

  /** Returns the names of the firings that are new. */
  async write({ query }: Transaction): Promise<ReadonlySet<string>> {
    const states = [...this.#states.values()]
    const { firings } = this
    if (states.length > 0) {
      await query(saveStates, [
        states.map(({ id }) => id),
        states.map(({ key }) => key),
        states.map(({ state }) => state.armed),
        states.map(({ state }) => state.firedAt),
      ])
    }
    if (firings.length === 0) return new Set()
    const inserted = await query(insertFirings, [
      firings.map(({ id }) => id),
      firings.map(({ at }) => at),
      firings.map(({ key }) => key),
      firings.map(({ price }) => price),
      firings.map(({ previousPrice }) => previousPrice),
      firings.map(({ reference }) => reference),
    ])
    return new Set(inserted.map(nameOf))
  }
}

/** Decides about alerts in the transaction that settles polls, and writes their firings. */
export class AlertLog {
  readonly #gapMs: number
  #revision = -1
  #live = new LiveAlerts([])

  constructor(gapMs: number) {
    this.#gapMs = gapMs
  }

  /** The enabled alerts. They are read again if their revision has changed. */
  async live({ query }: Transaction, revision: number): Promise<LiveAlerts> {
    if (revision !== this.#revision) {
      this.#live = new LiveAlerts(await query(selectLive))
      this.#revision = revision
    }
    return this.#live
  }

  /** Decides about what was settled, in order, and adds the firings to it. */
  async decide(
    transaction: Transaction,
    live: LiveAlerts,
    seen: readonly Watched[],
  ): Promise<void> {
    const decisions = new Decisions()
    const keys = [...new Set(seen.map(({ key }) => key))]
    const tags = live.hasTags ? await transaction.query(selectTags, [keys]) : []
    const tagsOf = Map.groupBy(tags, ({ key }) => key)
    const watching = (key: number) => live.of(key, tagsOf.get(key))
    const pairs = keys.flatMap((key) => watching(key).map(({ id }): [string, number] => [id, key]))
    await decisions.read(transaction, this.#revision, pairs)
    const found: { one: Watched; id: string; sighting: Sighting }[] = []
    for (const one of seen) {
      const all = watching(one.key).map((alert) => {
        return { alert, state: decisions.state(alert.id, one.key) }
      })
      const decide = 'price' in one ? await this.#onPrice(transaction, one, all) : this.#onGap(one)
      for (const { alert, state } of all) {
        const { id } = alert
        const decision = decide(alert, state)
        decisions.add(id, one.key, decision)
        found.push(...decision.sightings.map((sighting) => ({ one, id, sighting })))
      }
    }
    const written = await decisions.write(transaction)
    for (const { one, id, sighting } of found) {
      if (written.has(nameOf({ id, key: one.key, at: sighting.at })))
        one.firings.push({ id, sighting })
    }
  }

  /** Call it when a product gets tags: the alerts about those tags begin to watch it. */
  async tagged(
    transaction: Transaction,
    key: number,
    tags: readonly string[],
    at: number,
  ): Promise<void> {
    const { revision } = await readOne(transaction, selectRevision)
    const live = await this.live(transaction, revision)
    for (const alert of live.askedOf(tags, at)) {
      const record = await this.begin(transaction, alert, [key])
      await record()
    }
  }

  /**
   * Call it when an alert begins to watch products, which are locked. It may fire at once. Returns the function that
   * records that.
   */
  async begin(
    transaction: Transaction,
    { id, rule, since }: LiveAlert,
    keys: readonly number[],
  ): Promise<() => Promise<void>> {
    const decisions = new Decisions()
    for (const key of rule.condition.type === 'stale' ? [] : keys) {
      const window = { from: lookBack(rule, since), to: since, last: UP_TO_NOW }
      const history = await this.#pricesOf(transaction, key, window)
      const { watch, sightings } = watched(rule, history, { since, until: since })
      decisions.add(id, key, { sightings, state: watch.state })
    }
    return () => this.#record(transaction, decisions)
  }

  /** Call it when products turn out to be stale. */
  async stale(
    transaction: Transaction,
    alert: LiveAlert,
    polls: readonly (Repolled & { key: number; taggedAt: number | null })[],
  ): Promise<void> {
    const decisions = new Decisions()
    const { id, since } = alert
    await decisions.read(
      transaction,
      this.#revision,
      polls.map(({ key }): [string, number] => [id, key]),
    )
    for (const poll of polls) {
      const watching = { ...alert, since: Math.max(since, poll.taggedAt ?? 0) }
      const decision = onStale(watching, poll, decisions.state(id, poll.key), this.#gapMs)
      decisions.add(id, poll.key, decision)
    }
    await this.#record(transaction, decisions)
  }

  async #record(transaction: Transaction, decisions: Decisions): Promise<void> {
    const written = await decisions.write(transaction)
    for (const { id, key, ...sighting } of decisions.firings) {
      if (written.has(nameOf({ id, key, at: sighting.at })))
        transaction.feed.alert(id, key, sighting)
    }
  }

  /** Makes the function that decides about a change of price. Alerts about stale products ignore it. */
  async #onPrice(
    transaction: Transaction,
    change: WatchedChange,
    watching: { alert: LiveAlert; state: AlertState | undefined }[],
  ): Promise<Decide> {
    const { key, at } = change
    const isAbout = ({ rule }: LiveAlert) => rule.condition.type !== 'stale'
    const from = historyFrom(
      watching.filter(({ alert }) => isAbout(alert)),
      change,
    )
    const history =
      from === undefined
        ? undefined
        : await this.#pricesOf(transaction, key, { from, to: at, last: at })
    return (alert, state) =>
      isAbout(alert) ? onPrice(alert, change, state, history) : { sightings: [], state }
  }

  #onGap(gap: WatchedGap): Decide {
    return (alert, state) => onStale(alert, gap, state, this.#gapMs)
  }

  async #pricesOf(transaction: Transaction, key: number, window: Omit<ReadWindow, 'byHour'>) {
    const loaded = await loadHistory(transaction, key, window, this.#gapMs)
    return pricesBetween(historyReader(loaded), key, window)
  }
}
