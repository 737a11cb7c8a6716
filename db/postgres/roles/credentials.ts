import { randomBytes } from 'node:crypto'
import type { CredentialStore } from '../../store.ts'
import { saveCredentials, saveSecret } from '../operations/work.ts'
import { selectCredentials, selectSecret } from '../reads.ts'
import type { Session } from '../session.ts'

/** What the service has to know and nobody may see. */
export function credentialStore({ reader, writer, work }: Session): CredentialStore {
  async function secret(name: string): Promise<Buffer> {
    const [known] = await reader.query(selectSecret, [name])
    if (known) return known.value
    await writer.call(saveSecret(name, randomBytes(32)))
    return secret(name)
  }

  return {
    async credentials() {
      const [credentials] = await reader.query(selectCredentials)
      return credentials ?? null
    },

    async saveCredentials(credentials, expected, reregister) {
      const saved = await writer.call(saveCredentials(credentials, expected, reregister))
      if (saved && reregister) {
        work.stopPolls()
        work.announce()
      }
      return saved
    },

    secret,
  }
}
