import { useEffect, useState } from 'preact/hooks'
import type { Product, ProductList } from '../../schemas/product.ts'
import { lengthFault, SEARCH_MAX } from '../../schemas/text-rules.ts'
import { read } from '../api.ts'
import { Failure } from '../failure.ts'
import { textIn } from '../fields.ts'
import { html } from '../html.ts'

/** The debounce of typing. */
const TYPING_MS = 150

/** The number of products that are offered. */
const MAX_FOUND = '6'

/** The first products that a text finds; undefined without a text. */
function useFound(text: string) {
  const [found, setFound] = useState<{ items?: Product[]; error?: Error }>({})
  useEffect(() => {
    const q = text.trim()
    if (q === '' || lengthFault(q, SEARCH_MAX, 'The search')) return setFound({})
    const ended = new AbortController()
    async function search() {
      try {
        const query = new URLSearchParams({ q, limit: MAX_FOUND, sort: 'name' })
        const { items } = await read<ProductList>(`/products?${query}`, ended.signal)
        if (!ended.signal.aborted) setFound({ items })
      } catch (error) {
        if (!ended.signal.aborted) setFound({ error: error as Error })
      }
    }
    const timer = setTimeout(search, TYPING_MS)
    return () => {
      clearTimeout(timer)
      ended.abort()
    }
  }, [text])
  return found
}

/** Finds products by words and adds one; those with the ids of `taken` are left out. */
export function Finder({ taken, onAdd }: { taken: string[]; onAdd: (id: string) => void }) {
  const [text, setText] = useState('')
  const { items, error } = useFound(text)
  const fresh = items?.filter(({ id }) => !taken.includes(id))
  function add(id: string) {
    setText('')
    document.getElementById('finder')?.focus()
    onAdd(id)
  }
  return html`<div class="finder">
    <label for="finder">Add a product</label>
    <input id="finder" type="search" autocomplete="off" value=${text}
      onInput=${(event: Event) => setText(textIn(event))} />
    <${Failure} error=${error} />
    <div role="status">${fresh?.length === 0 && html`<p class="note">No other product matches.</p>`}</div>
    ${
      fresh &&
      fresh.length > 0 &&
      html`<ul aria-label="Found products">${fresh.map(
        ({ id, name }) => html`<li key=${id}><button type="button" class="plain wrap"
          onClick=${() => add(id)}>${name}</button></li>`,
      )}</ul>`
    }
  </div>`
}
