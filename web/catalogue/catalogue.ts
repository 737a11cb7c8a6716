import { useEffect, useRef, useState } from 'preact/hooks'
import { normalTag } from '../../schemas/tag-rules.ts'
import { lengthFault, SEARCH_MAX } from '../../schemas/text-rules.ts'
import { html } from '../html.ts'
import { askToCreate } from '../product-dialogs.ts'
import { go, link, route } from '../router.ts'
import { Title } from '../title.ts'
import { ChosenTags } from './chosen-tags.ts'
import { List } from './list.ts'
import { type CatalogueQuery, SHOWN, type Shown } from './pages.ts'
import { forgetList } from './saved-lists.ts'

const SORTS: Record<string, string> = {
  '-created_at': 'newest first',
  created_at: 'oldest first',
  name: 'name, A to Z',
  '-name': 'name, Z to A',
  lowest_price: 'price, lowest first',
  '-lowest_price': 'price, highest first',
}
const [DEFAULT_SORT = ''] = Object.keys(SORTS)

const SHOWN_NAMES: Record<Shown, string> = {
  all: 'all products',
  stale: 'stale',
  pending: 'waiting for registration',
  rejected: 'rejected',
}
const isShown = (name: string): name is Shown => Object.hasOwn(SHOWN, name)

/** The debounce of typing: longer than the time between two keystrokes. */
const TYPING_MS = 150

/** The catalogue query in the address. */
function queryOfAddress(): CatalogueQuery {
  const { query } = route.value
  const sort = query.get('sort') ?? ''
  const show = query.get('show') ?? ''
  return {
    q: query.get('q') ?? '',
    sort: Object.hasOwn(SORTS, sort) ? sort : DEFAULT_SORT,
    inStock: query.get('in_stock') === 'true',
    show: isShown(show) ? show : 'all',
    tags: [...new Set(query.getAll('tag').map(normalTag))].filter(Boolean),
  }
}

/**
 * Writes a changed query to the address, so that it can be bookmarked and returned to: as a new entry in the
 * browser's history, or in place of the current one.
 */
function setQuery(change: Partial<CatalogueQuery>, { replace = false } = {}): void {
  const next = { ...queryOfAddress(), ...change }
  const { q, sort, inStock, show, tags } = next
  forgetList(next)
  const query = {
    q,
    tag: tags,
    sort: sort === DEFAULT_SORT ? '' : sort,
    in_stock: inStock ? 'true' : '',
    show: show === 'all' ? '' : show,
  }
  go(link('', query), { replace })
}

/** The search field. The list follows as the user types; typing in one go makes one history entry. */
function Search({ q }: { q: string }) {
  const [text, setText] = useState(q)
  const typed = useRef(q)
  const typing = useRef(false)
  const settle = () => {
    typing.current = false
  }
  useEffect(() => {
    if (q !== typed.current) {
      setText(q) // Something else changed the address.
      settle()
    }
    typed.current = q
  }, [q])
  const fault = lengthFault(text, SEARCH_MAX, 'The search')
  useEffect(() => {
    if (text === typed.current || fault) return
    const timer = setTimeout(() => {
      typed.current = text
      setQuery({ q: text }, { replace: typing.current })
      typing.current = true
    }, TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return html`<input type="search" aria-label="Search products" placeholder="Search products"
    value=${text} aria-invalid=${fault !== undefined}
    aria-describedby=${fault && 'search-fault'} onChange=${settle}
    onInput=${({ currentTarget }: { currentTarget: HTMLInputElement }) => setText(currentTarget.value)} />
    ${fault && html`<p id="search-fault" class="failure" role="alert">${fault}</p>`}`
}

function View({ query }: { query: CatalogueQuery }) {
  return html`<main id="main">
    <div class="title">
      <${Title} text="Catalogue" />
      <button type="button" onClick=${() => askToCreate()}>New product</button>
    </div>
    <form class="filters" role="search" onSubmit=${(event: Event) => event.preventDefault()}>
      <${Search} q=${query.q} />
      <${ChosenTags} tags=${query.tags} onChange=${(tags: string[]) => setQuery({ tags })} />
      <label>Sort by
        <select value=${query.sort}
          onChange=${({ currentTarget }: { currentTarget: HTMLSelectElement }) => setQuery({ sort: currentTarget.value })}>
          ${Object.entries(SORTS).map(([value, name]) => html`<option value=${value}>${name}</option>`)}
        </select>
      </label>
      <label>Show
        <select value=${query.show}
          onChange=${({ currentTarget }: { currentTarget: HTMLSelectElement }) => setQuery({ show: isShown(currentTarget.value) ? currentTarget.value : 'all' })}>
          ${Object.entries(SHOWN_NAMES).map(([value, name]) => html`<option value=${value}>${name}</option>`)}
        </select>
      </label>
      <label class="check">
        <input type="checkbox" checked=${query.inStock}
          onChange=${({ currentTarget }: { currentTarget: HTMLInputElement }) => setQuery({ inStock: currentTarget.checked })} />
        In stock only
      </label>
    </form>
    <${List} query=${query} onSort=${(sort: string) => setQuery({ sort })} />
  </main>`
}

/**
 * The catalogue, with search, filters and sort. With other tags it is another view, which begins at the top and takes
 * the focus: the link or the button that led to it is gone.
 */
export function Catalogue() {
  const query = queryOfAddress()
  return html`<${View} key=${JSON.stringify(query.tags)} query=${query} />`
}
