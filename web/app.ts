import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Catalogue } from './catalogue/catalogue.ts'
import { ShownDialog } from './dialog.ts'
import { html } from './html.ts'
import { Messages } from './messages.ts'
import { link, route } from './router.ts'
import { StatusLine } from './status-line.ts'
import { skipToTitle } from './title.ts'
import { TokenForm } from './token-form.ts'

type View = ComponentType<{ path: string[] }>

/** The views that are loaded when they are first gone to. */
const LATER = new Map<string, () => Promise<View>>([
  ['products', async () => (await import('./product/product.ts')).ProductView],
  ['movers', async () => (await import('./movers.ts')).Movers],
  ['import', async () => (await import('./import/import.ts')).Import],
])

const PLACES = [
  { path: '', name: 'Catalogue' },
  { path: 'movers', name: 'Movers' },
  { path: 'import', name: 'Import' },
]

/** Shown where a view's files can't be had: the service is down, or was updated since. */
function Unloadable() {
  return html`<main id="main"><p class="note">This part of the page could not be loaded.
    <button type="button" onClick=${() => location.reload()}>Reload the page</button></p></main>`
}

/** The view of the present place, once it is loaded. */
function useView(name: string): View | undefined {
  const [views, setViews] = useState<Record<string, View>>({})
  useEffect(() => {
    const load = LATER.get(name)
    if (!load || views[name]) return
    const put = (view: View) => setViews((before) => ({ ...before, [name]: view }))
    load().then(put, () => put(Unloadable))
  }, [name])
  return LATER.has(name) ? views[name] : Catalogue
}

/** The page: where one can go, the view of the place one is at, and how the service is doing. */
export function App() {
  const [name = '', ...path] = route.value.path
  const View = useView(name)
  const place = [name, ...path].join('/')
  return html`
    <header>
      <a class="skip" href="#main" onClick=${skipToTitle}>Skip to the content</a>
      <nav aria-label="Places">
        <a class="brand" href=${link('')}>Product aggregator</a>
        ${PLACES.map(
          (one) => html`<a href=${link(one.path)}
            aria-current=${one.path === name ? 'page' : undefined}>${one.name}</a>`,
        )}
        <a href="/docs">API</a>
      </nav>
      <${StatusLine} />
      <${TokenForm} />
    </header>
    ${View ? html`<${View} key=${place} path=${path} />` : html`<main id="main" aria-busy="true"></main>`}
    <${ShownDialog} />
    <${Messages} />`
}
