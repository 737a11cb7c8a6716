import createOpenApiClient, { type Client as OpenApiClient } from 'openapi-fetch'
import { fetchWithErrors } from './answer.ts'
import { type FollowOptions, followChanges } from './follow.ts'
import { type ListItem, type ListPath, type ListRest, paginate } from './paginate.ts'
import { fetchWithRetries } from './retry.ts'
import type { components, paths } from './schema.ts'

/** What happened to a product or to one of its offers. */
export type Change = components['schemas']['Change']

/** How a service is reached. */
export interface ClientOptions {
  /** The address of the service, such as `https://example.com/aggregator`. */
  baseUrl: string | URL
  /** Its token, if it wants one. */
  token?: string | undefined
  /** How often a request is tried again at most; 3 by default. */
  retries?: number | undefined
  /** What sends the requests, in place of the global `fetch`. It gets each as a `Request`. */
  fetch?: typeof globalThis.fetch | undefined
}

/** A client of the service, with a method for each method of HTTP; openapi-fetch documents those. */
export interface Client extends OpenApiClient<paths> {
  /**
   * The items of a list, of all its pages. `query` filters them, `options` has what the path needs and a `signal` that
   * ends it. Throws a `RefusedError` where the service refuses.
   */
  paginate<Path extends ListPath>(
    path: Path,
    ...rest: ListRest<Path>
  ): AsyncGenerator<ListItem<Path>, void>
  /**
   * The changes after the change `after`, without end, in order and without a gap: where the connection breaks, it goes
   * on by itself. Throws a `RefusedError` where the service refuses, with status 410 if the changes after `after` are no
   * longer kept. Then take `last_seq` of the status, read the catalogue again, and follow from there.
   */
  changes(options: FollowOptions): AsyncGenerator<Change, void>
}

/** The address without a slash at its end. Throws where no request can be sent to it. */
function addressOf(baseUrl: string | URL): string {
  const address = String(baseUrl).replace(/\/+$/, '')
  const { url } = new Request(`${address}/api/v1`) // In a page, it may be relative.
  if (!/^https?:/.test(url)) {
    throw new TypeError(`The baseUrl must begin with http:// or https://, not be ${baseUrl}`)
  }
  return address
}

/**
 * Connects to a service. Nothing is sent before the first call. Throws where the address or the token can be none,
 * since a feed would try again for ever.
 */
export function createClient({ baseUrl, token, retries = 3, fetch }: ClientOptions): Client {
  const client = createOpenApiClient<paths>({
    baseUrl: addressOf(baseUrl),
    fetch: fetchWithRetries(fetchWithErrors(fetch ?? globalThis.fetch), retries),
    headers: new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  })
  return {
    ...client,
    paginate: (path, ...rest) => paginate(client, path, ...rest),
    changes: (options) => followChanges(client, options),
  }
}
