import { useState } from 'preact/hooks'
import { read } from './api.ts'
import { token } from './token.ts'
import { usePolled } from './use-polled.ts'

/** A list of the API, page by page. */
interface ListPage<T> {
  items: T[]
  next_cursor: string | null
}

/** How often the pages are read again. */
const INTERVAL_MS = 5_000

/** The number of items in a page. */
const PAGE_SIZE = '50'

async function readPages<T>(
  path: string,
  pages: number,
  signal: AbortSignal,
): Promise<ListPage<T>> {
  const query = new URLSearchParams({ limit: PAGE_SIZE })
  const items: T[] = []
  let next: string | null = null
  for (let page = 0; page < pages; page++) {
    const answer = await read<ListPage<T>>(`${path}?${query}`, signal)
    items.push(...answer.items)
    next = answer.next_cursor
    if (next === null) break
    query.set('cursor', next)
  }
  return { items, next_cursor: next }
}

/** The first pages of a list, read again now and then, and a function to read one more. */
export function usePages<T>(path: string) {
  const [pages, setPages] = useState(1)
  const polled = usePolled((signal) => readPages<T>(path, pages, signal), INTERVAL_MS, [
    path,
    token.value,
  ])
  const { data, error, reload } = polled
  function readMore() {
    setPages(pages + 1)
    setTimeout(reload)
  }
  return { items: data?.items, error, reload, readMore: data?.next_cursor ? readMore : undefined }
}
