import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { hostOf, isPublicAddress, isPublicHost } from './address.ts'

/** The URL leads, or may lead, to a host that is not on the public internet. */
export class ForbiddenAddress extends Error {
  constructor() {
    super('The host of the URL does not have a public address')
  }
}

const WHAT_TO_DO =
  'use the URL of a public host, or set WEBHOOK_ALLOW_PRIVATE=true if everybody who may create webhooks may ' +
  'reach the private network of this service'

/** Finds all addresses of a host name. */
export type Resolve = (
  host: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** How long to wait for the addresses of a host when a webhook is created. */
const PATIENCE_MS = 3_000

/** Why a text cannot be the URL of a webhook, whatever its host is; undefined if it can. */
function syntaxFault(text: string): string | undefined {
  // The parser would remove some of these, and take a backslash for a slash.
  if (/[\s\\\p{Cc}]/u.test(text))
    return 'The url must not contain spaces, control characters or backslashes'
  // The parser would also add missing slashes before the host, and skip superfluous ones.
  const url = /^https?:\/\/[^/]/i.test(text) ? URL.parse(text) : null
  if (!url) {
    return 'The url must be an http or https URL, such as https://example.com/hooks/prices'
  }
  if (url.username !== '' || url.password !== '') {
    return 'The url must not contain a user name or a password: everybody who reads the webhook would see it'
  }
  return url.hash === '' ? undefined : 'The url must not have a fragment, which is never sent'
}

/**
 * Decides where webhooks may lead: only to public addresses, unless private ones are allowed. It checks the addresses
 * that a name resolves to, and a connection uses exactly those that were checked.
 */
export class AddressGuard {
  readonly #isOpen: boolean
  readonly #isProxied: boolean
  readonly #resolve: Resolve
  readonly #patienceMs: number

  constructor(options: {
    allowPrivate: boolean
    /** Whether a proxy resolves names, and decides which addresses may be reached. */
    proxied: boolean
    /** Resolves host names; the system's resolver by default. */
    resolve?: Resolve
    patienceMs?: number
  }) {
    this.#isOpen = options.allowPrivate
    this.#isProxied = options.proxied
    this.#resolve = options.resolve ?? systemLookup
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS
  }

  /** Whether the host of a URL may be reached, before its name is resolved: no address is resolved. */
  mayReach(url: URL): boolean {
    return this.#isOpen || isPublicHost(hostOf(url))
  }

  /** Resolves a host name for a connection. Fails with `ForbiddenAddress` if any of its addresses is not public. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    this.#resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      const isForbidden =
        !this.#isOpen && addresses.some(({ address }) => !isPublicAddress(address))
      if (isForbidden) return callback(new ForbiddenAddress(), [])
      if (options.all) return callback(null, addresses)
      const [first] = addresses
      callback(null, first?.address ?? '', first?.family)
    })
  }

  /**
   * Why a text cannot be the URL of a webhook; undefined if it can. A name that does not resolve now may do so later,
   * and is checked then.
   */
  async urlFault(text: string): Promise<string | undefined> {
    const fault = syntaxFault(text)
    if (fault !== undefined || this.#isOpen) return fault
    const host = hostOf(new URL(text))
    const isPublic = isPublicHost(host) && (this.#isProxied || (await this.#isPublicName(host)))
    return isPublic ? undefined : `The url must not lead to a private address: ${WHAT_TO_DO}`
  }

  #isPublicName(host: string): Promise<boolean> {
    if (isIP(host) !== 0) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#patienceMs, true)
      this.lookup(host, { all: true }, (error) => {
        clearTimeout(timer)
        resolve(!(error instanceof ForbiddenAddress))
      })
    })
  }
}
