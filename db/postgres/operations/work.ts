import type { Span } from '../../../history/coverage.ts'
import { AT_ONCE } from '../../at-once.ts'
import type { Credentials } from '../../store.ts'
import { statement } from '../connection.ts'
import type { Operation } from '../group-commit.ts'
import { NO_REGISTRATION_FAILURE } from '../product-columns.ts'
import { readOne } from '../reader.ts'

// Another instance may have been asked for a longer pause.
const setPause = statement(
  'pause',
  `INSERT INTO pauses AS last (key, since, until) VALUES (1, $1, $2)
   ON CONFLICT (key) DO UPDATE SET (since, until) = (
     SELECT least(excluded.since, min(span.since)), greatest(excluded.until, max(span.until))
     FROM (SELECT last.since, last.until) AS span
     WHERE excluded.since BETWEEN span.since AND span.until)`,
)

const expedite = statement(
  'expedite',
  `UPDATE products SET register_at = $1
   WHERE register_at > $1 AND (registration_failures > 0 OR registered_at IS NULL)`,
)

const advanceRegistrations = statement(
  'advance-registrations',
  'UPDATE products SET register_at = register_at - $1 WHERE register_at IS NOT NULL',
)

const advancePolls = statement(
  'advance-polls',
  `UPDATE polls SET due_at = greatest(due_at - $1, ${AT_ONCE} + 1)
   WHERE due_at > ${AT_ONCE} AND (product_key & 255) = ANY($2::bigint[])`,
)

const replaceToken = statement(
  'credentials-replace',
  `UPDATE credentials SET account = $1, access_token = $2, expires_at = $3
   WHERE account = $4 AND access_token = $5 RETURNING key`,
)

const insertToken = statement(
  'credentials-insert',
  `INSERT INTO credentials (key, account, access_token, expires_at) VALUES (1, $1, $2, $3)
   ON CONFLICT DO NOTHING RETURNING key`,
)

const reopenRegistrations = statement<{ registered: number; rejected: number }>(
  'credentials-reopen',
  `WITH old AS (
     SELECT key, registration FROM products WHERE registration <> 'pending' OR register_at > $1
     ORDER BY key FOR NO KEY UPDATE
   ), reopened AS (
     UPDATE products SET registration = 'pending', registration_reason = NULL, register_at = $1,
       ${NO_REGISTRATION_FAILURE}
     FROM old WHERE products.key = old.key
   )
   SELECT count(*) FILTER (WHERE registration = 'registered') AS registered,
     count(*) FILTER (WHERE registration = 'rejected') AS rejected FROM old`,
)

const stopPolls = statement(
  'credentials-stop',
  'UPDATE polls SET due_at = NULL WHERE due_at IS NOT NULL',
)

const insertSecret = statement(
  'secret-insert',
  'INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING',
)

export function pausePolls({ since, until }: Span): Operation<void> {
  return async ({ query }) => {
    await query(setPause, [since, until])
  }
}

export function expediteRegistrations(at: number): Operation<void> {
  return async ({ query }) => {
    await query(expedite, [at])
  }
}

/** Makes work due earlier by so many ms: all registrations, and the polls of some shards. */
export function advanceWork(
  early: { registration: number; refresh: number },
  shards: number[],
): Operation<void> {
  return async ({ query }) => {
    if (early.registration > 0) await query(advanceRegistrations, [early.registration])
    if (early.refresh > 0) await query(advancePolls, [early.refresh, shards])
  }
}

/** Keeps a token in place of `expected`, and says whether it did. */
export function saveCredentials(
  { account, accessToken, expiresAt }: Credentials,
  expected: Credentials | null,
  reregister?: { at: number },
): Operation<boolean> {
  return async (transaction) => {
    const { query, feed } = transaction
    const token = [account, accessToken, expiresAt]
    const kept = expected
      ? await query(replaceToken, [...token, expected.account, expected.accessToken])
      : await query(insertToken, token)
    if (kept.length === 0) return false
    if (reregister) {
      const reopened = await readOne(transaction, reopenRegistrations, [reregister.at])
      const { registered, rejected } = reopened
      await query(stopPolls)
      feed.count({ registered: -registered, pending: registered + rejected })
    }
    return true
  }
}

export function saveSecret(name: string, value: Buffer): Operation<void> {
  return async ({ query }) => {
    await query(insertSecret, [name, value])
  }
}
