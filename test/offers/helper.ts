import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import type { Test } from 'tap'
import { openStore } from '../../db/open.ts'
import type { Credentials, Store } from '../../db/store.ts'
import { OffersClient } from '../../offers/client.ts'
import { TokenKeeper, type TokenReason, type TokenStore } from '../../offers/token.ts'
import { temporaryFolder } from '../helper.ts'
import { MINUTE, NOW } from './clock.ts'
import { connect } from './upstream.ts'

/** A store on a database of its own, closed after the test. */
export async function openTestStore(t: Test, clock: () => number): Promise<Store> {
  const url = `file:${join(await temporaryFolder(t), 'test.db')}`
  const store = await openStore(url, { clock, newId: randomUUIDv7, staleAfterMs: 3 * MINUTE })
  t.teardown(() => store.close())
  return store
}

/** Keeps a token in memory, and the times of the requests to register everything again. */
export function credentialsInMemory() {
  let kept: Credentials | null = null
  const reregistrations: number[] = []
  return {
    reregistrations,
    credentials: async () => kept,
    renewAlone: <Result>(renew: () => Promise<Result>): Promise<Result | undefined> => renew(),
    async saveCredentials(
      credentials: Credentials,
      expected: Credentials | null,
      reregister?: { at: number },
    ) {
      if (kept?.accessToken !== expected?.accessToken) return false
      kept = credentials
      if (reregister) reregistrations.push(reregister.at)
      return true
    },
  }
}

/** What keeps the token and makes the calls; the token is kept in memory unless a store is given. */
export function startClient(
  t: Test,
  baseUrl: string,
  options: {
    clock?: () => number
    timeoutMs?: number
    store?: TokenStore
    account?: string
    refreshToken?: string
  } = {},
) {
  const { clock = () => NOW, account = 'account', refreshToken } = options
  const { breaker, transport, changes, extra } = connect(t, baseUrl, options)
  const store = options.store ?? credentialsInMemory()
  const renewals: TokenReason[] = []
  const onRenewed = (reason: TokenReason) => renewals.push(reason)
  const tokens = new TokenKeeper({
    ...{ store, transport, breaker, account, refreshToken, clock, onRenewed },
  })
  const client = new OffersClient({ transport, tokens, clock })
  return { breaker, transport, changes, extra, store, renewals, tokens, client }
}
