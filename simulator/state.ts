import type { Generation } from '../offers/protocol.ts'
import { openStateJournal, type StateEvent } from './state-journal.ts'

/** A product as last registered. */
interface RegisteredProduct {
  name: string
  description: string
}

/** The owner of registrations: an access token (generation 1) or a refresh token (generation 2). */
export interface Account {
  readonly owner: string
  /** By product id, as `productKey` writes it. */
  readonly products: Map<string, RegisteredProduct>
  /** The last access token, and when it expires in Unix seconds. */
  token: string
  expires: number
}

/** The issued tokens and the registered products. With a journal the state survives restarts. */
export interface State {
  /** Successful calls in the life of the state: tokens issued and registrations accepted. */
  readonly granted: { auth: number; register: number }
  readonly accounts: ReadonlyMap<string, Account>
  /** Issues a token to an account; `expires` is in Unix seconds, null for never. */
  issue(owner: string, token: string, expires: number | null): void
  /** The account of an access token that is valid at `now` (milliseconds). */
  accountOf(token: string, now: number): Account | undefined
  /** Whether the last token of an account is valid at `now` (milliseconds). */
  holdsToken(owner: string, now: number): boolean
  /** Registers a product for an account; if registered already, replaces the name and description. */
  register(account: Account, id: string, product: RegisteredProduct): void
  /** Removes a product from every account; returns whether there was one. */
  forget(id: string): boolean
  /** Invalidates every access token. The registrations of the accounts stay. */
  revokeTokens(): void
  /** Removes everything, including the counts. */
  reset(): void
  close(): void
}

/**
 * Opens the state: in memory, and also in a journal if a path is given. Throws for a journal of the other
 * generation or of another program, and leaves it unchanged.
 */
export function openState(generation: Generation, path?: string): State {
  const accounts = new Map<string, Account>()
  /** By access token. */
  const sessions = new Map<string, Account>()
  const granted = { auth: 0, register: 0 }

  function accountNamed(owner: string): Account {
    const known = accounts.get(owner)
    if (known) return known
    const account = { owner, products: new Map(), token: '', expires: 0 }
    accounts.set(owner, account)
    return account
  }

  function apply(event: StateEvent): void {
    switch (event.type) {
      case 'token': {
        const account = accountNamed(event.owner)
        sessions.delete(account.token)
        account.token = event.token
        account.expires = event.expires ?? Number.POSITIVE_INFINITY
        sessions.set(event.token, account)
        granted.auth++
        break
      }
      case 'product':
        accountNamed(event.owner).products.set(event.id, {
          name: event.name,
          description: event.description,
        })
        granted.register++
        break
      case 'product_forgotten':
        for (const account of accounts.values()) account.products.delete(event.id)
        break
      case 'tokens_revoked':
        sessions.clear()
        for (const account of accounts.values()) account.expires = 0
        break
      case 'reset':
        accounts.clear()
        sessions.clear()
        granted.auth = 0
        granted.register = 0
    }
  }

  const journal = path === undefined ? undefined : openStateJournal(path, generation, apply)

  /** Writes the event before applying it, so that an event that cannot be written has no effect. */
  function record(event: StateEvent): void {
    journal?.append(event)
    apply(event)
  }

  return {
    granted,
    accounts,
    issue: (owner, token, expires) => record({ type: 'token', owner, token, expires }),
    accountOf(token, now) {
      const account = sessions.get(token)
      return account && now < account.expires * 1000 ? account : undefined
    },
    holdsToken: (owner, now) => now < (accounts.get(owner)?.expires ?? 0) * 1000,
    register: (account, id, product) =>
      record({ type: 'product', owner: account.owner, id, ...product }),
    forget(id) {
      const known = accounts.values().some((account) => account.products.has(id))
      if (known) record({ type: 'product_forgotten', id })
      return known
    },
    revokeTokens: () => record({ type: 'tokens_revoked' }),
    reset: () => record({ type: 'reset' }),
    close: () => journal?.close(),
  }
}
