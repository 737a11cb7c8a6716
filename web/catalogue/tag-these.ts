import { html } from '../html.ts'
import { openLater } from '../open-later.ts'
import type { CatalogueQuery } from './pages.ts'

/** The button that tags all products of the list as it is filtered. */
export function TagThese({ query }: { query: CatalogueQuery }) {
  const open = () =>
    openLater(async () => {
      const { showTagDialog } = await import('./tag-dialog.ts')
      showTagDialog(query)
    })
  return html`<button type="button" class="plain" onClick=${open}>Tag these…</button>`
}
