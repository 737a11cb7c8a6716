import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { Credentials, Store } from '../db/store.ts'
import { jsonOf } from './answer.ts'
import type { Breaker } from './breaker.ts'
import { OffersError } from './errors.ts'
import { AccessToken } from './protocol.ts'
import type { Transport } from './transport.ts'
import { Wait } from './wait.ts'

const accessToken = TypeCompiler.Compile(AccessToken)

/** After so long without one accepted call, a token of the first generation is taken to be dead. */
const DEAD_AFTER_MS = 60_000

/** How long to wait before `POST /auth` is tried again where it gave no token: doubling, up to a bound. */
const RETRY_MS = 5_000
const LONGEST_RETRY_MS = 30_000

/** How long to wait before a token is replaced that was given in place of another and never accepted. */
const REPLACE_AGAIN_MS = 600_000

/** Where the token is kept, for all instances. */
export type TokenStore = Pick<Store, 'credentials' | 'saveCredentials'>

/** Why a token was asked for: there was none, it had expired, another account, or it was dead. */
export type TokenReason = 'first' | 'expired' | 'account-changed' | 'dead'

/**
 * When an access token of the second generation expires, epoch ms: its claim `expires`, in Unix
 * seconds. The signature is not checked, since only the service that made the token relies on it.
 * Undefined where there is no such claim.
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
 * The life of the access token. It is kept in the store, because the first generation wants it to be
 * asked for once in the life of the database, and the second gives no other while it lives. It is read
 * from there for each call, since another instance may have renewed it. However many callers wait for a
 * token, this instance has one `POST /auth` under way at a time.
 */
export class TokenKeeper {
  readonly #store: TokenStore
  readonly #transport: Transport
  readonly #breaker: Breaker
  readonly #account: string
  readonly #refreshToken: string | undefined
  readonly #clock: () => number
  readonly #onRenewed: (reason: TokenReason) => void
  /** The token that was last read; what follows is known of that one. */
  #current: string | undefined
  #renewal: Promise<Credentials> | undefined
  /** Since when every call was refused with 401; null when the last one was not. */
  #refusedSince: number | null = null
  /** Since the service has said that a token of ours still lives. */
  readonly #renewalWait: Wait
  /** How often in a row it said so. */
  #timesAlive = 0
  /** Since a token was given in place of one that was refused. */
  readonly #replacementWait: Wait
  /** That one has been accepted. */
  #proven = true
  /** The service said that a token of ours still lives; whether it is this one is not known yet. */
  #doubted = false
  /** A token that the store failed to take. The service may give no other, so it must not be lost. */
  #unsaved: Credentials | undefined

  constructor(options: {
    store: TokenStore
    transport: Transport
    breaker: Breaker
    /** Names the service and the account; a token of another account is not used. */
    account: string
    /** Present with the second generation of the service. */
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

  /** The token to send. Rejects with `OffersError` while none can be had. */
  async get(): Promise<string> {
    // Whoever is told of reopened registrations while the new token is saved has to wait for it.
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

  /** A call with this token was not answered with 401. */
  accepted(): void {
    this.#refusedSince = null
    this.#doubted = false
    this.#timesAlive = 0
    this.#proven = true
  }

  /**
   * A call with this token was answered with 401. What `get` gives after this is worth one more try:
   * a newer token, or the same where the service has no other to give.
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
    // By a clock that was put back, the minute begins anew.
    this.#refusedSince = Math.min(this.#refusedSince ?? now, now)
    if (now - this.#refusedSince >= DEAD_AFTER_MS) await this.#replace(kept, 'dead')
  }

  /** Asks for another token, though not again and again where those that are given are refused, too. */
  async #replace(kept: Credentials, reason: TokenReason): Promise<void> {
    if (!this.#proven && !this.#replacementWait.isOver) return
    const { accessToken } = await this.#renew(reason, kept)
    if (accessToken === kept.accessToken) return
    this.#proven = false
    this.#replacementWait.begin(REPLACE_AGAIN_MS)
  }

  #renew(reason: TokenReason, kept: Credentials | null): Promise<Credentials> {
    this.#renewal ??= this.#ask(reason, kept).finally(() => {
      this.#renewal = undefined
    })
    return this.#renewal
  }

  /** Has the kept token replaced, unless another instance has done so or is faster. */
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
    this.#startOver()
  }

  /** What is known of the token before says nothing of a new one. */
  #startOver(): void {
    this.#refusedSince = null
    this.#doubted = false
    this.#timesAlive = 0
  }

  /** What another instance has put in the place of what was kept; undefined where nobody has. */
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

  /** Asks for a token; undefined where the service has none to give while another lives. */
  async #request(): Promise<Credentials | undefined> {
    const now = this.#clock()
    const answer = await this.#transport.send({
      method: 'POST',
      path: '/auth',
      token: this.#refreshToken,
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
    // Where the clock of the service is behind, a new token looks as if it had expired.
    const expiresAt = Math.max(expiryOf(token) ?? now + 5 * 60_000, now + RETRY_MS)
    return { account, accessToken: token, expiresAt }
  }

  /**
   * The service says that a token of ours still lives. Where it may be the one we have (our clock is
   * ahead, or a 401 was a passing fault) we go on with that; where it is lost we have to wait.
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
    throw new OffersError('paused', 'An access token that was lost has to expire first')
  }
}
