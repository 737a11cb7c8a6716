import { useEffect, useState } from 'preact/hooks'
import type { Product, ProductList } from '../schemas/product.ts'
import { lengthFault, SEARCH_MAX } from '../schemas/text-rules.ts'
import { read } from './api.ts'
import { Failure } from './failure.ts'
import { TextField } from './fields.ts'
import { html } from './html.ts'

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

/** A field that finds products by words, and the found ones to choose from, without those with the ids of `taken`. */
export function Finder(props: {
  id: string
  label: string
  text: string
  /** Whether a product was chosen; then the text is its name, and no others are offered. */
  isChosen?: boolean
  placeholder?: string
  fault?: string | undefined
  taken?: string[]
  onType: (text: string) => void
  onChoose: (product: Product) => void
}) {
  const { id: field, text, isChosen, taken = [], onChoose, ...input } = props
  const { items, error } = useFound(isChosen ? '' : text)
  const fresh = items?.filter(({ id }) => !taken.includes(id))
  function choose(product: Product) {
    document.getElementById(field)?.focus() // What had the focus goes.
    onChoose(product)
  }
  return html`<div class="finder">
    <${TextField} id=${field} search value=${text} ...${input} />
    <${Failure} error=${error} />
    <div role="status">${fresh?.length === 0 && html`<p class="note">${taken.length === 0 ? 'No product matches.' : 'No other product matches.'}</p>`}</div>
    ${
      fresh &&
      fresh.length > 0 &&
      html`<ul aria-label="Found products">${fresh.map(
        (product) => html`<li key=${product.id}><button type="button" class="plain wrap"
          onClick=${() => choose(product)}>${product.name}</button></li>`,
      )}</ul>`
    }
  </div>`
}
