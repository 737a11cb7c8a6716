import { randomBytes } from 'node:crypto'
import type { CredentialStore } from '../../store.ts'
import type { Session } from '../session.ts'
import { touchesNothing } from '../touched.ts'
import type { Work } from '../work.ts'

/** The access token of the Offers service, and the secrets of this one. */
export function credentialStore(session: Session, work: Work): CredentialStore {
  const { reads, writer } = session

  const known = (name: string) => session.read(() => reads.secret.get({ name }))?.value

  async function secret(name: string): Promise<Buffer> {
    const value = known(name)
    if (value) return value
    await writer.call('saveSecret', { name, value: randomBytes(32) }, touchesNothing)
    return secret(name)
  }

  return {
    credentials: async () => session.read(() => reads.credentials.get()) ?? null,

    async saveCredentials(credentials, expected, reregister) {
      const saved = await writer.call(
        'saveCredentials',
        { credentials, expected, reregister },
        () => (reregister ? 'anything' : 'nothing'),
      )
      if (saved && reregister) {
        work.restart()
        work.announce()
      }
      return saved
    },

    renewAlone: (renew) => renew(), // There is no other instance.

    secret,
  }
}
