import { DAY_MS, HOUR_MS } from '../../../history/time.ts'
import type { KeyedOutcome } from '../../settle.ts'
import { statement } from '../connection.ts'
import type { Operation, Transaction } from '../group-commit.ts'
import { type LoadedHistory, loadHistory } from '../history/loaded.ts'
import { readOne } from '../reader.ts'
import { applyOutcomes, type Known } from '../settle/apply.ts'
import { type OfferRow, selectKnownOffers, selectLastNumbers } from '../settle/offers.ts'
import { productState, selectStates } from '../settle/state.ts'
import { writeSettled } from '../settle/write.ts'
import type { AlertLog } from './alert-log.ts'
import { lockKeys, readLocked } from './locks.ts'

/** As far back as `lowest_prior_30d` can look, with the hour that it may begin in. */
const PRIOR_MS = 30 * DAY_MS + HOUR_MS

// The lease of this instance ends when others delete this row, which waits for transactions that hold this lock. Once
// the row is gone, nothing is settled.
const fence = statement('settle-fence', 'SELECT FROM instances WHERE id = $1 FOR KEY SHARE')

// Read after the products are locked, so that no alert about a single one of them is missed.
const selectRules = statement<{ revision: number; since: number | null; until: number | null }>(
  'settle-rules',
  'SELECT revision, since, until FROM alert_revision LEFT JOIN pauses ON pauses.key = 1',
)

// The common case: a poll continues a run and finds no change, so only its time is written.
const checkAgain = statement<{ key: number }>(
  'settle-unchanged',
  `UPDATE polls SET due_at = CASE WHEN polls.due_at IS NULL THEN NULL ELSE row.due_at END,
     checked_at = row.at, failures = 0
   FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS row (key, at, due_at)
   WHERE product_key = row.key AND covered_since IS NOT NULL AND failing_since IS NULL
     AND row.at - checked_at BETWEEN 0 AND $4
     AND checked_at >= coalesce((SELECT until FROM pauses WHERE key = 1 AND since < row.at), 0)
   RETURNING product_key AS key`,
)

type Unchanged = Extract<KeyedOutcome, { type: 'unchanged' }>

/** Separates the outcomes that say that nothing changed, and are the only ones of their product, from the others. */
function separate(outcomes: readonly KeyedOutcome[]) {
  const unchanged: Unchanged[] = []
  const others: KeyedOutcome[] = []
  for (const some of Map.groupBy(outcomes, ({ key }) => key).values()) {
    const [first, second] = some
    if (first?.type === 'unchanged' && !second) unchanged.push(first)
    else others.push(...some)
  }
  return { unchanged, others }
}

/** Applies the outcomes that only move the times of a poll, and returns the others. */
async function settleUnchanged(
  { query }: Transaction,
  outcomes: readonly Unchanged[],
  gapMs: number,
): Promise<Unchanged[]> {
  const checked = await query(checkAgain, [
    outcomes.map(({ key }) => key),
    outcomes.map(({ at }) => at),
    outcomes.map(({ dueAt }) => dueAt),
    gapMs,
  ])
  const done = new Set(checked.map(({ key }) => key))
  return outcomes.filter(({ key }) => !done.has(key))
}

/** Reads the state that outcomes are applied to. */
async function readKnown(
  transaction: Transaction,
  outcomes: readonly KeyedOutcome[],
): Promise<Known & { histories: Map<number, LoadedHistory> }> {
  const { query } = transaction
  const keys = [...new Set(outcomes.map(({ key }) => key))]
  const rows = await readLocked(transaction, lockKeys, selectStates, keys)
  const states = new Map(rows.map((row) => [row.key, productState(row)]))
  const wanted = new Map<number, Set<string>>()
  const missed = new Set<number>()
  for (const outcome of outcomes) {
    const state = states.get(outcome.key)
    if (outcome.type !== 'refreshed' || !state) continue
    const onSale = new Set(state.onSale.map(({ shown }) => shown.id))
    const ids = wanted.get(outcome.key) ?? new Set()
    for (const { id } of outcome.offers) if (!onSale.has(id)) ids.add(id)
    wanted.set(outcome.key, ids)
    if (ids.size > 0) missed.add(outcome.key)
  }
  const offers = new Map<number, OfferRow[]>()
  const lastNumbers = new Map<number, number>()
  if (missed.size > 0) {
    const pairs = [...wanted].flatMap(([key, ids]) => [...ids].map((id) => ({ key, id })))
    const values = [pairs.map(({ key }) => key), pairs.map(({ id }) => id)]
    for (const { key, ...offer } of await query(selectKnownOffers, values)) {
      offers.set(key, [...(offers.get(key) ?? []), offer])
    }
    for (const { key, number } of await query(selectLastNumbers, [[...missed]])) {
      lastNumbers.set(key, number)
    }
  }
  return { states, offers, lastNumbers, histories: new Map() }
}

/** Reads the history that the next prices of products are compared with. */
async function readHistories(
  transaction: Transaction,
  keys: ReadonlySet<number>,
  outcomes: readonly KeyedOutcome[],
  gapMs: number,
  histories: Map<number, LoadedHistory>,
): Promise<void> {
  for (const key of keys) {
    const times = outcomes.flatMap((outcome) =>
      outcome.key === key && outcome.type === 'refreshed' ? outcome.at : [],
    )
    const window = { from: Math.min(...times) - PRIOR_MS, last: Number.MAX_SAFE_INTEGER }
    histories.set(key, await loadHistory(transaction, key, window, gapMs))
  }
}

async function settleOthers(
  transaction: Transaction,
  outcomes: readonly KeyedOutcome[],
  { gapMs, now }: { gapMs: number; now: number },
  alerts: AlertLog,
): Promise<void> {
  const known = await readKnown(transaction, outcomes)
  const { revision, since, until } = await readOne(transaction, selectRules)
  const live = await alerts.live(transaction, revision)
  const watching = { live, now }
  const rules = { gapMs, pause: since === null || until === null ? undefined : { since, until } }
  let applied = applyOutcomes(outcomes, known, rules, watching)
  while (applied.needed.size > 0) {
    await readHistories(transaction, applied.needed, outcomes, gapMs, known.histories)
    applied = applyOutcomes(outcomes, known, rules, watching)
  }
  const settled = [...applied.settled.values()]
  await writeSettled(transaction, settled)
  if (applied.watched.length > 0) await alerts.decide(transaction, live, applied.watched)
  const { feed } = transaction
  for (const note of applied.notes) note(feed)
  for (const { product } of settled) {
    const { before, now } = product
    feed.count({ offers: now.offersCount - before.offersCount })
    if (before.registration !== 'rejected') feed.count({ [before.registration]: -1 })
    if (now.registration !== 'rejected') feed.count({ [now.registration]: 1 })
  }
}

/**
 * Applies outcomes of the tasks of an instance, in order for each product. Returns false, and applies nothing, if its
 * lease was lost, because other instances hand out its products then.
 */
export function settle(
  instance: string,
  outcomes: readonly KeyedOutcome[],
  times: { gapMs: number; now: number },
  alerts: AlertLog,
): Operation<boolean> {
  return async (transaction) => {
    const [alive] = await transaction.query(fence, [instance])
    if (!alive) return false
    const { unchanged, others } = separate(outcomes)
    // Those that lock products come first, because every transaction locks products before polls.
    if (others.length > 0) await settleOthers(transaction, others, times, alerts)
    if (unchanged.length === 0) return true
    const rest = await settleUnchanged(transaction, unchanged, times.gapMs)
    if (rest.length > 0) await settleOthers(transaction, rest, times, alerts)
    return true
  }
}
