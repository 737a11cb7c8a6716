import type { Database } from 'better-sqlite3'
import type { Credentials } from '../../store.ts'
import { NO_REGISTRATION_FAILURE } from './refresh.ts'

/** Saves the credentials of the Offers service, and this service's own random keys. */
export function credentialOperations(db: Database) {
  const replaceCredentials = db.prepare(
    `INSERT OR REPLACE INTO credentials (key, account, access_token, expires_at)
     VALUES (1, @account, @accessToken, @expiresAt)`,
  )
  const selectToken = db.prepare<[], Pick<Credentials, 'account' | 'accessToken'>>(
    'SELECT account, access_token AS accessToken FROM credentials',
  )
  const reopenRegistrations = db.prepare(
    `UPDATE products SET registration = 'pending', registration_reason = NULL,
       register_at = @at, ${NO_REGISTRATION_FAILURE}
     WHERE registration <> 'pending' OR register_at > @at`,
  )
  const stopRefreshes = db.prepare('UPDATE refreshes SET due_at = NULL')
  const insertSecret = db.prepare(
    'INSERT INTO secrets (name, value) VALUES (@name, @value) ON CONFLICT DO NOTHING',
  )

  return {
    saveCredentials({
      credentials,
      expected,
      reregister,
    }: {
      credentials: Credentials
      expected: Credentials | null
      reregister?: { at: number }
    }): boolean {
      const kept = selectToken.get()
      if (kept?.account !== expected?.account || kept?.accessToken !== expected?.accessToken) {
        return false
      }
      replaceCredentials.run(credentials)
      if (reregister) {
        reopenRegistrations.run(reregister)
        stopRefreshes.run()
      }
      return true
    },

    saveSecret(input: { name: string; value: Uint8Array }): void {
      insertSecret.run({ name: input.name, value: Buffer.from(input.value) })
    },
  }
}
