import { MOST_WATCHED } from '../../../schemas/alert-rules.ts'
import type { AlertRefusal } from '../../alert-refusals.ts'
import { type AlertRow, changedAlert } from '../../encoding/alerts.ts'
import { liveAlert, type StaleAlert } from '../../live-alerts.ts'
import type { AlertChanges } from '../../store.ts'
import { isNamed } from '../../version-match.ts'
import { ALERT_LOCK } from '../advisory-locks.ts'
import { statement } from '../connection.ts'
import type { Operation, Transaction } from '../group-commit.ts'
import { readOne } from '../reader.ts'
import { SHARDS } from '../work.ts'
import { type AlertLog, selectRevision } from './alert-log.ts'
import { lockKeys } from './locks.ts'

/** The maximum number of stale products per alert and transaction. */
const STALE_AT_ONCE = 500

/** Selects alerts with the ids of their products. */
export const SELECT_ALERT = `SELECT alerts.id, alerts.name, products.id AS "productId", tag, rule,
  enabled::integer AS enabled, alerts.created_at AS "createdAt", alerts.updated_at AS "updatedAt",
  (SELECT max(at) FROM alert_firings WHERE alert_id = alerts.id) AS "lastFiredAt"
  FROM alerts LEFT JOIN products ON products.key = alerts.product_key`

// Locked, so that polls of the product that are settled after this see the alert.
const lockProduct = statement<{ key: number }>(
  'alert-product',
  'SELECT key FROM products WHERE id = $1 FOR NO KEY UPDATE',
)

const selectAlert = statement<AlertRow>(
  'alert-update-row',
  `${SELECT_ALERT} WHERE alerts.id = $1 FOR NO KEY UPDATE OF alerts`,
)

const insertAlert = statement(
  'alert-insert',
  `INSERT INTO alerts (id, name, product_key, tag, rule, enabled, since, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7)`,
)

const updateRow = statement(
  'alert-update',
  `UPDATE alerts SET name = $2, rule = $3, enabled = $4, updated_at = $5,
     since = CASE WHEN $6 THEN $7 ELSE since END
   WHERE id = $1`,
)

const forgetStates = statement('alert-forget', 'DELETE FROM alert_states WHERE alert_id = $1')

const removeAlert = statement('alert-delete', 'DELETE FROM alerts WHERE id = $1')

const lockAlone = statement('alert-alone', `SELECT pg_advisory_xact_lock(${ALERT_LOCK})`)

// No two changes get the same revision, even if one is rolled back: instances cache the alerts of a revision.
const bump = statement(
  'alert-revision-bump',
  `UPDATE alert_revision
   SET revision = greatest(revision + 1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)`,
)

const selectListed = statement<{ key: number }>(
  'alert-listed',
  'SELECT product_key AS key FROM offers WHERE number = 1 ORDER BY product_key LIMIT $1',
)

const selectTagged = statement<{ key: number }>(
  'alert-tagged',
  `SELECT product_tags.product_key AS key FROM product_tags JOIN offers USING (product_key)
   WHERE tag = $1 AND number = 1 ORDER BY product_tags.product_key LIMIT $2`,
)

const fence = statement('alert-fence', 'SELECT FROM instances WHERE id = $1 FOR KEY SHARE')

/** When an alert began to watch a product. Never later than now, even if the clock was put back. */
const SINCE = 'greatest($7::bigint, least($3::bigint, coalesce(product_tags.since, 0)))'

const selectStale = statement<{ key: number; checkedAt: number; taggedAt: number | null }>(
  'alert-stale',
  `SELECT polls.product_key AS key, checked_at AS "checkedAt", product_tags.since AS "taggedAt"
   FROM polls JOIN shards ON shard = polls.product_key & ${SHARDS - 1} AND owner = $1
     LEFT JOIN alert_states ON alert_id = $2 AND alert_states.product_key = polls.product_key
     LEFT JOIN product_tags
       ON product_tags.tag = $9 AND product_tags.product_key = polls.product_key
   WHERE ($9::text IS NULL OR product_tags.tag IS NOT NULL) AND checked_at < $3::bigint - $4::bigint AND ($5::bigint IS NULL OR polls.product_key = $5)
     AND ($6::boolean OR checked_at + $4::bigint > ${SINCE})
     AND (fired_at IS NULL OR fired_at > $3 OR (fired_at < checked_at + $4::bigint
       AND greatest(checked_at + $4::bigint, ${SINCE}) - fired_at >= $8::bigint))
   ORDER BY polls.product_key LIMIT ${STALE_AT_ONCE}`,
)

/**
 * The products for which an alert that starts now fires if its condition is true already; undefined if too many. They are
 * locked, so that polls of them that are settled after this see the alert.
 */
async function begunWith(
  { query }: Transaction,
  row: AlertRow,
  key: number | null,
): Promise<number[] | undefined> {
  const { rule } = liveAlert({ ...row, since: 0, productKey: key })
  if (!row.enabled || !rule.fire_if_true) return []
  if (key !== null) return [key]
  const most = MOST_WATCHED + 1
  const listed = await (row.tag === null
    ? query(selectListed, [most])
    : query(selectTagged, [row.tag, most]))
  if (listed.length > MOST_WATCHED) return undefined
  const keys = listed.map(({ key }) => key)
  await query(lockKeys, [keys])
  return keys
}

/** The key of the product that an alert is about: null for all, undefined if there is no such product. */
async function keyOf(
  { query }: Transaction,
  productId: string | null,
): Promise<number | null | undefined> {
  if (productId === null) return null
  const [product] = await query(lockProduct, [productId])
  return product?.key
}

/** Locks an alert. Returns it, or why it may not be changed. */
async function find({ query }: Transaction, id: string, versions: number[] | undefined) {
  const [row] = await query(selectAlert, [id])
  if (!row) return 'not-found'
  return isNamed(row.updatedAt, versions) ? row : 'version-mismatch'
}

/** Returns the alert, which may have fired already. */
export function createAlert(
  log: AlertLog,
  row: AlertRow,
): Operation<AlertRow | 'not-found' | 'too-many'> {
  return async (transaction) => {
    const { id, name, tag, rule, enabled, createdAt } = row
    const key = await keyOf(transaction, row.productId)
    if (key === undefined) return 'not-found'
    const begun = await begunWith(transaction, row, key)
    if (!begun) return 'too-many'
    const alert = liveAlert({ id, rule, since: createdAt, productKey: key, tag })
    const record = await log.begin(transaction, alert, begun)
    await transaction.query(insertAlert, [id, name, key, tag, rule, enabled === 1, createdAt])
    await transaction.query(bump)
    await record()
    return readOne(transaction, selectAlert, [id])
  }
}

/** Returns the alert as it is now. */
export function updateAlert(
  log: AlertLog,
  input: { id: string; changes: AlertChanges; versions?: number[]; at: number },
): Operation<AlertRow | AlertRefusal> {
  return async (transaction) => {
    const { query } = transaction
    const { id, changes, versions, at } = input
    const row = await find(transaction, id, versions)
    if (typeof row === 'string') return row
    const { restarts, name, rule, enabled, updatedAt } = changedAlert(row, changes, at)
    const key = (await keyOf(transaction, row.productId)) ?? null
    const begun = restarts ? await begunWith(transaction, { ...row, rule, enabled }, key) : []
    if (!begun) return 'too-many'
    const alert = liveAlert({ id, rule, since: at, productKey: key, tag: row.tag })
    const record = await log.begin(transaction, alert, begun)
    if (restarts) await query(lockAlone)
    await query(updateRow, [id, name, rule, enabled === 1, updatedAt, restarts, at])
    if (restarts) await query(forgetStates, [id])
    await query(bump)
    await record()
    return readOne(transaction, selectAlert, [id])
  }
}

/** Returns the deleted alert. */
export function deleteAlert(id: string, versions?: number[]): Operation<AlertRow | AlertRefusal> {
  return async (transaction) => {
    const row = await find(transaction, id, versions)
    if (typeof row === 'string') return row
    await transaction.query(removeAlert, [id])
    await transaction.query(bump)
    return row
  }
}

async function fireOne(
  transaction: Transaction,
  log: AlertLog,
  alert: StaleAlert,
  { instance, now, gapMs }: { instance: string; now: number; gapMs: number },
): Promise<boolean> {
  const { id, since, productKey, tag, rule } = alert
  const { condition, fire_if_true: ifTrue, cooldown_s: cooldown } = rule
  const waitMs = Math.max(condition.for_s * 1000, gapMs)
  const watchedSince = Math.min(since, now)
  const values = [instance, id, now, waitMs, productKey, ifTrue, watchedSince, cooldown * 1000, tag]
  const found = await transaction.query(selectStale, values)
  await log.stale(
    transaction,
    alert,
    found.map((product) => ({ ...product, nextAt: null, now })),
  )
  return found.length === STALE_AT_ONCE
}

/** Fires the alerts about products of an instance that became stale. Returns whether there may be more. */
export function fireStale(
  log: AlertLog,
  asked: { instance: string; now: number; gapMs: number },
): Operation<boolean> {
  return async (transaction) => {
    const [alive] = await transaction.query(fence, [asked.instance])
    if (!alive) return false
    const { revision } = await readOne(transaction, selectRevision)
    let isMore = false
    for (const alert of (await log.live(transaction, revision)).stale) {
      isMore = (await fireOne(transaction, log, alert, asked)) || isMore
    }
    return isMore
  }
}
