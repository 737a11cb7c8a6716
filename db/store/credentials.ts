/** The access to the Offers service. */
export interface Credentials {
  /** Which service and account the token is for. */
  account: string
  accessToken: string
  /** When it expires; null if it does not. */
  expiresAt: number | null
}

/** What the service has to know and nobody may see. */
export interface CredentialStore {
  /**
   * Null before the first token. It is asked for before each call, so an engine may answer with what it read
   * up to a second ago; but once `saveCredentials` has resolved, it gives what is kept since then.
   */
  credentials(): Promise<Credentials | null>
  /**
   * Keeps a token in place of `expected`, the one that was read before (null: none). Gives false, and changes
   * nothing, where another one is kept by now: someone else was faster, and `credentials` gives theirs.
   * With `reregister`, in the same transaction, every product becomes pending and due at that time,
   * because registrations are tied to the token.
   */
  saveCredentials(
    credentials: Credentials,
    expected: Credentials | null,
    reregister?: { at: number },
  ): Promise<boolean>
  /** 32 random bytes, made when first asked for under this name and the same ever after. */
  secret(name: string): Promise<Buffer>
}
