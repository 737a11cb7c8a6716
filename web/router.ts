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

/** The address of a location. Parameters without a value are omitted. */
export function link(path: string, query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] =>
    Boolean(entry[1]),
  )
  const text = new URLSearchParams(given).toString()
  return `#/${path}${text && `?${text}`}`
}

/** The address of a product. */
export const productLink = (id: string) => link(`products/${id}`)

/** Goes to an address, as a new entry in the browser's history or in place of the current one. */
export function go(address: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, '', address)
    route.value = parse(location.hash)
  } else {
    location.hash = address
  }
}
