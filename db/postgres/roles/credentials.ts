import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { CredentialStore } from '../../store.ts'
import { statement } from '../connection.ts'
import type { Operation } from '../group-commit.ts'
import { isAhead } from '../leases.ts'
import { saveCredentials, saveSecret } from '../operations/work.ts'
import { readOne } from '../reader.ts'
import { selectCredentials, selectSecret } from '../reads.ts'
import type { Session } from '../session.ts'

/** How long an instance may take to renew the token: it calls the Offers service and saves the answer. */
const CLAIM_MS = 15_000

/** How often to check whether another instance is done. */
const LOOK_MS = 100

const claimToken = statement<{ until: string }>(
  'token-claim',
  `INSERT INTO claims AS known (name, until)
   VALUES ('token', clock_timestamp() + ${CLAIM_MS} * interval '1 ms')
   ON CONFLICT (name) DO UPDATE SET until = excluded.until WHERE NOT ${isAhead('known.until', CLAIM_MS)}
   RETURNING until::text AS until`,
)

// Unless this instance took so long that another one has claimed it since.
const releaseToken = statement(
  'token-release',
  "DELETE FROM claims WHERE name = 'token' AND until = $1::timestamptz",
)

const selectClaim = statement<{ isClaimed: boolean }>(
  'token-claimed',
  `SELECT EXISTS (SELECT FROM claims WHERE name = 'token' AND ${isAhead('until', CLAIM_MS)}) AS "isClaimed"`,
)

/** The access token of the Offers service, and the secrets of this one. */
export function credentialStore({
  reader,
  writer,
  work,
  reregistration,
}: Session): CredentialStore {
  async function secret(name: string): Promise<Buffer> {
    const [known] = await reader.query(selectSecret, [name])
    if (known) return known.value
    await writer.call(saveSecret(name, randomBytes(32)))
    return secret(name)
  }

  /** Waits until no instance is renewing the token, at most as long as that may take. */
  async function othersDone(): Promise<void> {
    const end = performance.now() + CLAIM_MS
    while (performance.now() < end && (await readOne(reader, selectClaim)).isClaimed) {
      await delay(LOOK_MS)
    }
  }

  return {
    async credentials() {
      const [credentials] = await reader.query(selectCredentials)
      return credentials ?? null
    },

    async saveCredentials(credentials, expected, reregister) {
      const saved = await writer.call(saveCredentials(credentials, expected, reregister))
      if (saved && reregister) {
        await reregistration.finish()
        work.stopPolls()
        work.announce()
      }
      return saved
    },

    async renewAlone(renew) {
      const [claim] = await writer.call(({ query }) => query(claimToken))
      if (!claim) {
        await othersDone()
        return undefined
      }
      try {
        return await renew()
      } finally {
        const release: Operation<unknown> = ({ query }) => query(releaseToken, [claim.until])
        await writer.call(release).catch(() => {}) // Otherwise the claim ends by itself.
      }
    },

    secret,
  }
}
