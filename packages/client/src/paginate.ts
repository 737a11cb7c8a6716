import type { Client } from 'openapi-fetch'
import { type ApiError, RefusedError } from './errors.ts'
import type { paths } from './schema.ts'

/** A page of a list. */
interface Page {
  items: unknown[]
  next_cursor: string | null
}

type PageOf<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body extends Page
    ? Body
    : never
  : never

/** The paths of the lists that come in pages. */
export type ListPath = {
  [Path in keyof paths]: PageOf<Path> extends never ? never : Path
}[keyof paths]

/** What such a list holds. */
export type ListItem<Path extends ListPath> = PageOf<Path>['items'][number]

/** Its filters, its order, and how many items a page has. */
export type ListQuery<Path extends ListPath> = paths[Path] extends {
  get: { parameters: { query?: infer Query } }
}
  ? Omit<NonNullable<Query>, 'cursor'>
  : never

/** How a list is read. */
export interface ListOptions {
  /** Ends it: the call that is under way throws the reason of the signal. */
  signal?: AbortSignal | undefined
}

/** What follows the path: its query and options, which have the ids that the path needs. */
export type ListRest<Path extends ListPath> = paths[Path] extends {
  get: { parameters: { path: infer Ids } }
}
  ? [query: ListQuery<Path> | undefined, options: ListOptions & { path: Ids }]
  : [query?: ListQuery<Path>, options?: ListOptions]

/** The items of a list, page after page; see `Client.paginate`. */
export async function* paginate<Path extends ListPath>(
  client: Client<paths>,
  path: Path,
  query?: object,
  options: ListOptions & { path?: object } = {},
): AsyncGenerator<ListItem<Path>, void> {
  const { signal, path: ids } = options
  let cursor: string | undefined
  do {
    // openapi-fetch cannot follow a path that is a type parameter, so its types are spelled out.
    const get = client.GET as (
      path: Path,
      init: object,
    ) => Promise<{ data?: Page; error?: ApiError }>
    const params = { path: ids, query: { ...query, cursor } }
    const { data, error } = await get(path, { params, ...(signal && { signal }) })
    if (error) throw new RefusedError(error)
    if (!data) return
    yield* data.items as ListItem<Path>[]
    cursor = data.next_cursor ?? undefined
  } while (cursor !== undefined)
}
