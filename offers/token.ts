import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { Credentials, Store } from '../db/store.ts'
import { jsonOf } from './answer.ts'
import type { Breaker } from './breaker.ts'
import { OffersError } from './errors.ts'
import { AccessToken } from './protocol.ts'
import type { Transport } from './transport.ts'
import { Wait } from './wait.ts'

const accessToken = TypeCompiler.Compile(AccessToken)

/** How long a first-generation token may go without an accepted call before it counts as dead. */
const DEAD_AFTER_MS = 60_000

/** The wait before `POST /auth` is retried if it gave no token: doubles up to a limit. */
const RETRY_MS = 5_000
const LONGEST_RETRY_MS = 30_000

/** The wait before a replacement token that was never accepted is itself replaced. */
const REPLACE_AGAIN_MS = 600_000

/** The part of the store that keeps the token, shared by all instances. */
export type TokenStore = Pick<Store, 'credentials' | 'renewAlone' | 'saveCredentials'>

/** Why a token was requested: there was none, it had expired, the account changed, or it was dead. */
export type TokenReason = 'first' | 'expired' | 'account-changed' | 'dead'

/**
 * When an access token of the second generation expires, epoch ms: its claim `expires`, in Unix
 * seconds. The signature is not checked, since only the service that issued the token relies on it.
 * Undefined if there is no such claim.
 */
export function expiryOf(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
    )
    const expires = (claims as { expires?: unknown } | null)?.expires
    const ms = typeof expires === 'number' ? Math.floor(expires * 1000) : Number.NaN
    return Number.isSafeInteger(ms) ? ms : undefined
  } catch {
    return undefined
  }
}

/**
 * Manages the access token. The token is kept in the store, because the first generation expects one request
 * for a token in the life of the database, and the second issues no other while one is valid. It is read
 * from the store for each call, since another instance may have renewed it. However many callers wait for a
 * token, this instance has at most one `POST /auth` in flight.
 */
export class TokenKeeper {
  readonly #store: TokenStore
  readonly #transport: Transport
  readonly #breaker: Breaker
  readonly #account: string
  readonly #refreshToken: string | undefined
  readonly #clock: () => number
  readonly #onRenewed: (reason: TokenReason) => void
  /** The token last read; the fields below are about this token. */
  #current: string | undefined
  #renewal: Promise<Credentials> | undefined
  /** Since when every call has been refused with 401; null if the last one was not. */
  #refusedSince: number | null = null
  /** The wait since the service said that a token of this account is still valid. */
  readonly #renewalWait: Wait
  /** How many times in a row it said so. */
  #timesAlive = 0
  /** The wait since a refused token was replaced. */
  readonly #replacementWait: Wait
  /** Whether the replacement has been accepted. */
  #proven = true
  /** The service said that a token of this account is still valid; it may not be the one we have. */
  #doubted = false
  /** A token that the store failed to save. The service may issue no other, so it must not be lost. */
  #unsaved: Credentials | undefined

  constructor(options: {
    store: TokenStore
    transport: Transport
    breaker: Breaker
    /** Identifies the service and the account; a token of another account is not used. */
    account: string
    /** Only with the second generation of the service. */
    refreshToken: string | undefined
    clock: () => number
    onRenewed: (reason: TokenReason) => void
  }) {
    this.#store = options.store
    this.#transport = options.transport
    this.#breaker = options.breaker
    this.#account = options.account
    this.#refreshToken = options.refreshToken
    this.#clock = options.clock
    this.#onRenewed = options.onRenewed
    this.#renewalWait = new Wait(options.clock)
    this.#replacementWait = new Wait(options.clock)
  }

  /** The token to send. Rejects with `OffersError` while none is available. */
  async get(): Promise<string> {
    // Saving a token can reopen registrations; calls for those must wait for the new token.
    if (this.#renewal) return (await this.#renewal).accessToken
    const kept = await this.#read()
    if (!kept) return (await this.#renew('first', kept)).accessToken
    if (kept.account !== this.#account) {
      return (await this.#renew('account-changed', kept)).accessToken
    }
    const expired = kept.expiresAt !== null && kept.expiresAt <= this.#clock()
    if (!expired || !this.#renewalWait.isOver) return kept.accessToken
    return (await this.#renew('expired', kept)).accessToken
  }

  /** Records that a call with this token was not answered with 401. */
  accepted(): void {
    this.#refusedSince = null
    this.#doubted = false
    this.#timesAlive = 0
    this.#proven = true
  }

  /**
   * Records that a call with this token was answered with 401. The token that `get` returns afterwards is
   * worth one retry: a newer one, or the same if the service issues no other.
   */
  async refused(token: string): Promise<void> {
    const kept = await this.#read()
    if (token !== kept?.accessToken) return
    if (this.#refreshToken !== undefined) {
      if (this.#renewalWait.isOver) await this.#replace(kept, 'expired')
      else if (this.#doubted) this.#waitForExpiry()
      return
    }
    const now = this.#clock()
    // If the clock was set back, the minute starts again.
    this.#refusedSince = Math.min(this.#refusedSince ?? now, now)
    if (now - this.#refusedSince >= DEAD_AFTER_MS) await this.#replace(kept, 'dead')
  }

  /** Requests another token, but not repeatedly if the replacements are refused too. */
  async #replace(kept: Credentials, reason: TokenReason): Promise<void> {
    if (!this.#proven && !this.#replacementWait.isOver) return
    const { accessToken } = await this.#renew(reason, kept)
    if (accessToken === kept.accessToken) return
    this.#proven = false
    this.#replacementWait.begin(REPLACE_AGAIN_MS)
  }

  #renew(reason: TokenReason, kept: Credentials | null): Promise<Credentials> {
    this.#renewal ??= this.#askAlone(reason, kept).finally(() => {
      this.#renewal = undefined
    })
    return this.#renewal
  }

  /** Replaces the stored token, or waits for the instance that is doing so. */
  async #askAlone(reason: TokenReason, kept: Credentials | null): Promise<Credentials> {
    const renewed = await this.#store.renewAlone(() => this.#ask(reason, kept))
    const credentials = renewed ?? (await this.#successorOf(kept))
    if (credentials) return credentials
    throw new OffersError('paused', 'Another instance asked for an access token, and got none')
  }

  /** Replaces the stored token, unless another instance does so first. */
  async #ask(reason: TokenReason, kept: Credentials | null): Promise<Credentials> {
    const renewed = await this.#successorOf(kept)
    if (renewed) return renewed
    this.#unsaved ??= await this.#request()
    if (!this.#unsaved) return (await this.#successorOf(kept)) ?? this.#keepUsing(kept, reason)
    const credentials = this.#unsaved
    const reregister =
      reason === 'dead' || reason === 'account-changed' ? { at: this.#clock() } : undefined
    const won = await this.#store.saveCredentials(credentials, kept, reregister)
    this.#unsaved = undefined
    if (!won) return this.#usable(await this.#read())
    this.#current = credentials.accessToken
    this.#startOver()
    this.#onRenewed(reason)
    return credentials
  }

  async #read(): Promise<Credentials | null> {
    const kept = await this.#store.credentials()
    this.#take(kept)
    return kept
  }

  #take(kept: Credentials | null): void {
    if (kept?.accessToken === this.#current) return
    this.#current = kept?.accessToken
    this.#unsaved = undefined // Another token is stored by now, so ours is superseded.
    this.#startOver()
  }

  /** What is known about the previous token does not apply to a new one. */
  #startOver(): void {
    this.#refusedSince = null
    this.#doubted = false
    this.#timesAlive = 0
  }

  /** The credentials with which another instance has replaced the stored ones; undefined if none has. */
  async #successorOf(kept: Credentials | null): Promise<Credentials | undefined> {
    const now = await this.#read()
    return now?.accessToken === kept?.accessToken ? undefined : this.#usable(now)
  }

  #usable(kept: Credentials | null): Credentials {
    if (kept?.account === this.#account) return kept
    throw new OffersError(
      'unauthorized',
      'Another instance uses another account of the Offers service; give all instances the same ' +
        'OFFERS_BASE_URL and OFFERS_REFRESH_TOKEN',
    )
  }

  /** Requests a token; undefined if the service issues none while another is valid. */
  async #request(): Promise<Credentials | undefined> {
    const now = this.#clock()
    const answer = await this.#transport.send({
      method: 'POST',
      path: '/auth',
      token: this.#refreshToken,
      isExtra: true,
    })
    const { status } = answer
    const json = jsonOf(answer)
    if (status === 400 && this.#refreshToken !== undefined) return undefined
    if (status !== 201 || !accessToken.Check(json)) {
      this.#breaker.pause(LONGEST_RETRY_MS, 'normal')
      throw new OffersError(
        'unauthorized',
        `The Offers service gave no access token: POST /auth was answered ${status}`,
      )
    }
    const token = json.access_token
    const account = this.#account
    if (this.#refreshToken === undefined) return { account, accessToken: token, expiresAt: null }
    // If the clock of the service is slow, a new token looks expired.
    const expiresAt = Math.max(expiryOf(token) ?? now + 5 * 60_000, now + RETRY_MS)
    return { account, accessToken: token, expiresAt }
  }

  /**
   * Handles the answer that a token of this account is still valid. If it may be the one we have (our clock
   * is ahead, or a 401 was transient), we continue with that one; if it is lost, we have to wait.
   */
  #keepUsing(kept: Credentials | null, reason: TokenReason): Credentials {
    this.#renewalWait.begin(Math.min(RETRY_MS * 2 ** this.#timesAlive, LONGEST_RETRY_MS))
    this.#timesAlive += 1
    if (!kept || reason !== 'expired') return this.#waitForExpiry()
    this.#doubted = true
    return kept
  }

  #waitForExpiry(): never {
    this.#breaker.pause(Number(this.#renewalWait.until) - this.#clock(), 'normal')
    throw new OffersError(
      'paused',
      'Waiting for a lost access token to expire before requesting another',
    )
  }
}
