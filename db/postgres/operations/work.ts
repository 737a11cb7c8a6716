import type { Span } from '../../../history/coverage.ts'
import type { Credentials } from '../../store.ts'
import { statement } from '../connection.ts'
import type { Operation } from '../group-commit.ts'

// Another instance may have been asked for a longer pause.
const setPause = statement(
  'pause',
  `INSERT INTO pauses AS last (key, since, until) VALUES (1, $1, $2)
   ON CONFLICT (key) DO UPDATE SET (since, until) = (
     SELECT least(excluded.since, min(span.since)), greatest(excluded.until, max(span.until))
     FROM (SELECT last.since, last.until) AS span
     WHERE excluded.since BETWEEN span.since AND span.until)`,
)

const replaceToken = statement(
  'credentials-replace',
  `UPDATE credentials SET account = $1, access_token = $2, expires_at = $3,
     reregister_at = coalesce($4, reregister_at),
     reregistered_key = CASE WHEN $4::bigint IS NULL THEN reregistered_key ELSE 0 END
   WHERE account = $5 AND access_token = $6 RETURNING key`,
)

const insertToken = statement(
  'credentials-insert',
  `INSERT INTO credentials (key, account, access_token, expires_at, reregister_at, reregistered_key)
   VALUES (1, $1, $2, $3, $4, CASE WHEN $4::bigint IS NOT NULL THEN 0 END)
   ON CONFLICT DO NOTHING RETURNING key`,
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

/**
 * Stores a token in place of `expected`. Returns false, and stores nothing, if another one is stored. With
 * `reregister`, no work is handed out until `reopenSome` has reopened all registrations.
 */
export function saveCredentials(
  { account, accessToken, expiresAt }: Credentials,
  expected: Credentials | null,
  reregister?: { at: number },
): Operation<boolean> {
  return async ({ query }) => {
    const token = [account, accessToken, expiresAt, reregister?.at ?? null]
    const kept = expected
      ? await query(replaceToken, [...token, expected.account, expected.accessToken])
      : await query(insertToken, token)
    return kept.length > 0
  }
}

export function saveSecret(name: string, value: Buffer): Operation<void> {
  return async ({ query }) => {
    await query(insertSecret, [name, value])
  }
}
