import { useMemo, useRef } from 'preact/hooks'
import { go, link, route } from '../router.ts'
import { type Lines, linesIn, NO_LINES, queryOfLines, withFirst } from './lines.ts'
import { queryOf, type Range, rangeOf } from './range.ts'

/** What the view of a product shows. */
interface Shown {
  range: Range
  lines: Lines
  /** Whether the stock has a chart too. */
  stock: boolean
}

/**
 * What the address says that is shown of a product with these offers on sale, and a function to change that: in
 * place of the current address, or as a step that can be taken back.
 */
export function useShown(id: string, onSale: string[]) {
  const { query } = route.value
  const slots = useRef(NO_LINES.slots)
  const lines = useMemo(
    () => withFirst(linesIn(query, slots.current), onSale),
    [query, onSale.join()],
  )
  slots.current = lines.slots
  const shown: Shown = { range: rangeOf(query), lines, stock: query.get('stock') === 'true' }

  function show(change: Partial<Shown>, { isStep = false } = {}) {
    const { range, lines, stock } = { ...shown, ...change }
    const wanted = {
      ...queryOf(range),
      ...queryOfLines(lines, onSale),
      stock: stock ? 'true' : '',
    }
    go(link(`products/${id}`, wanted), { replace: !isStep })
  }
  return { ...shown, show }
}
