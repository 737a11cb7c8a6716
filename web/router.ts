import { signal } from '@preact/signals'

/** A location within the page: `#/products/ID?a=b` has the path `['products', 'ID']` and the query `a=b`. */
export interface Route {
  path: string[]
  query: URLSearchParams
}

function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  return { path: path.split('/').filter(Boolean), query: new URLSearchParams(query) }
}

/** The current location. */
export const route = signal(parse(location.hash))

addEventListener('hashchange', () => {
  route.value = parse(location.hash)
})

/** The parameters of an address; those without a value are omitted, and a list is repeated. */
export type LinkQuery = Record<string, string | readonly string[] | undefined>

/** The address of a location. */
export function link(path: string, query: LinkQuery = {}): string {
  const given = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => (value ? [[name, value]] : [])),
  )
  const text = new URLSearchParams(given).toString()
  return `#/${path}${text && `?${text}`}`
}

/** The address of a product. */
export const productLink = (id: string) => link(`products/${id}`)

/**
 * Goes to an address, as a new entry in the browser's history or in place of the current one. The route is the new one
 * at once: `location.hash` would change it in a later task, and what is done until then would begin at the old one.
 */
export function go(address: string, { replace = false } = {}): void {
  if (replace || address === location.hash) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  route.value = parse(location.hash)
}
