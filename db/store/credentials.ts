/** The access to the Offers service. */
export interface Credentials {
  /** Which service and account the token is for. */
  account: string
  accessToken: string
  /** When it expires; null if it does not. */
  expiresAt: number | null
}

/** The secrets of the service. */
export interface CredentialStore {
  /**
   * Null before the first token. It is read before each call, so an engine may return a value up to a second
   * old; but once `saveCredentials` has resolved, it returns nothing older than that.
   */
  credentials(): Promise<Credentials | null>
  /**
   * Replaces `expected`, the token read before (null: none), atomically. Returns false and changes nothing if
   * another token is stored by now: another instance was faster, and `credentials` returns its token. With
   * `reregister`, every product becomes pending and due at that time, because registrations are tied to the
   * token. No product is handed out before all of them are. If this is interrupted once the token is saved, the
   * engine finishes it later.
   */
  saveCredentials(
    credentials: Credentials,
    expected: Credentials | null,
    reregister?: { at: number },
  ): Promise<boolean>
  /**
   * Runs `renew`, which asks for a token and saves it, unless another instance is doing so: then resolves with
   * undefined when that one is done, or after some seconds. `renew` reads the credentials first, because another
   * instance may have replaced them just before.
   */
  renewAlone<Result>(renew: () => Promise<Result>): Promise<Result | undefined>
  /** 32 random bytes, generated at the first request for this name and then kept. */
  secret(name: string): Promise<Buffer>
}
