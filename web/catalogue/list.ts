import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { Product } from '../../schemas/product.ts'
import { Failure } from '../failure.ts'
import { html } from '../html.ts'
import { link } from '../router.ts'
import { usePolled } from '../use-polled.ts'
import { ColumnHeads } from './column-heads.ts'
import { Export } from './export.ts'
import { Found, isFiltered } from './found.ts'
import { type CataloguePages, type CatalogueQuery, withoutRepeats } from './pages.ts'
import { Row } from './row.ts'
import { keyOf, savedList } from './saved-lists.ts'
import { TagThese } from './tag-these.ts'
import { useSeen } from './use-seen.ts'

/** How often the visible pages are read again, so that a change shows within two seconds. */
const INTERVAL_MS = 1_500

/** The pages of a query, scrolled to where the user left them. */
function useList(query: CatalogueQuery): CataloguePages {
  const saved = useMemo(() => savedList(query), [keyOf(query)])
  useLayoutEffect(() => {
    if (saved.scrollY !== undefined) scrollTo(0, saved.scrollY)
    const follow = () => {
      saved.scrollY = scrollY
    }
    follow()
    addEventListener('scroll', follow, { passive: true })
    return () => removeEventListener('scroll', follow)
  }, [saved])
  return saved.pages
}

type OnSeen = (index: number, seen: boolean) => void

/** A page of rows. Off the screen, it is an empty box of the same height, unless it has the focus. */
function PageOfRows({ index, items, onSeen }: { index: number; items: Product[]; onSeen: OnSeen }) {
  const { element, seen, height } = useSeen<HTMLElement>()
  const shown = seen !== false || element.current?.contains(document.activeElement) === true
  useEffect(() => {
    onSeen(index, seen === true)
    return () => onSeen(index, false)
  }, [seen])
  return html`<ul ref=${element} class="rows" aria-label=${`Products, part ${index + 1}`}
    style=${{ height: shown ? '' : `${height}px` }}>
    ${shown && items.map((product) => html`<${Row} key=${product.id} product=${product} />`)}
  </ul>`
}

/** Reads the next page when the user scrolls close to the end. */
function More({ onNear }: { onNear: () => void }) {
  const { element, seen } = useSeen<HTMLDivElement>()
  useEffect(() => {
    if (seen) onNear()
  })
  return html`<div ref=${element} class="more" />`
}

/** The note after the last product. */
function End({ found, query }: { found: number; query: CatalogueQuery }) {
  if (found > 0) return html`That is all.`
  if (isFiltered(query)) return html`No product matches.`
  return html`There are no products yet. Create one, or <a href=${link('import')}>import a file</a>.`
}

/** The products that a query finds, page by page as the user scrolls. */
export function List(props: { query: CatalogueQuery; onSort: (sort: string) => void }) {
  const { query, onSort } = props
  const list = useList(query)
  const seen = useRef(new Set([0]))
  const ended = useMemo(() => new AbortController(), [list])
  useEffect(() => () => ended.abort(), [list])
  usePolled(
    async (signal) => {
      for (const index of [...seen.current].sort((a, b) => a - b)) await list.refresh(index, signal)
    },
    INTERVAL_MS,
    [list],
  )

  // The previous results stay until there are new ones to show.
  const latest = useRef(list)
  if (list.pages.value.length > 0 || list.failure.value) latest.current = list
  const pages = latest.current.pages.value
  const failure = latest.current.failure.value
  const parts = withoutRepeats(pages)
  const onSeen: OnSeen = (index, isSeen) => {
    if (isSeen) seen.current.add(index)
    else seen.current.delete(index)
  }
  // After a failure, only the next poll tries again.
  const readNext = () => list.failure.value || void list.readNext(ended.signal)
  const done = pages.at(-1)?.next === null
  const found = parts.flat().length
  return html`
    <div class="tools">
      <${Found} read=${found} done=${done} query=${query} />
      <div class="exports"><${TagThese} query=${query} /><${Export} query=${query} /></div>
    </div>
    <${ColumnHeads} sort=${query.sort} onSort=${onSort} />
    <${Failure} error=${failure} />
    ${parts.map((items, index) => html`<${PageOfRows} key=${index} index=${index} items=${items} onSeen=${onSeen} />`)}
    ${!done && pages.length > 0 && html`<${More} onNear=${readNext} />`}
    <p class="note" role="status">${done && html`<${End} found=${found} query=${query} />`}</p>`
}
