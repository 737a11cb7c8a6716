import { useEffect, useRef, useState } from 'preact/hooks'
import { save } from '../download.ts'
import { count } from '../format.ts'
import { html } from '../html.ts'
import { tellFailure } from '../messages.ts'
import type { CatalogueQuery } from './pages.ts'

/** Saves the list as it is filtered and sorted. A long list takes a while, and can be cancelled. */
export function Export({ query }: { query: CatalogueQuery }) {
  const [read, setRead] = useState<number>()
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])
  async function start() {
    const controller = new AbortController()
    running.current = controller
    setRead(0)
    try {
      const { listAsCsv } = await import('./export-list.ts')
      save(await listAsCsv(query, setRead, controller.signal), 'products.csv')
    } catch (error) {
      if (!controller.signal.aborted) tellFailure('Not exported', error)
    }
    setRead(undefined)
  }
  return read === undefined
    ? html`<button type="button" class="plain" onClick=${start}>Export as CSV</button>`
    : html`<button type="button" class="plain" onClick=${() => running.current?.abort()}>
        Cancel the export (${count(read)} so far)</button>`
}
