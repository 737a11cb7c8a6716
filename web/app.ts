import type { ComponentChildren, ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { Catalogue } from './catalogue/catalogue.ts'
import { ShownDialog } from './dialog.ts'
import { count, moment, percent } from './format.ts'
import { html } from './html.ts'
import { later } from './later.ts'
import { Messages } from './messages.ts'
import { Movers } from './movers.ts'
import { price } from './price.ts'
import { ProductView } from './product/product.ts'
import { link, route } from './router.ts'
import { StatusLine } from './status-line.ts'
import { skipToTitle } from './title.ts'
import { ForgetToken, TokenForm } from './token-form.ts'

/** A view that is loaded when it is opened, because few visits need it. */
function laterView(load: () => Promise<ComponentType<{ path: string[] }>>) {
  return later(
    load,
    ({ children }: { children?: ComponentChildren }) =>
      html`<main id="main" aria-busy=${!children}>${children}</main>`,
  )
}

const VIEWS = new Map([
  ['products', ProductView],
  ['movers', Movers],
  ['alerts', laterView(async () => (await import('./alert/alerts.ts')).Alerts)],
  ['compare', laterView(async () => (await import('./compare/compare.ts')).Compare)],
  ['webhooks', laterView(async () => (await import('./webhook/webhooks.ts')).Webhooks)],
  ['import', laterView(async () => (await import('./import/import.ts')).Import)],
])

const PLACES = [
  { path: '', name: 'Catalogue' },
  { path: 'movers', name: 'Movers' },
  { path: 'alerts', name: 'Alerts' },
  { path: 'webhooks', name: 'Webhooks' },
  { path: 'import', name: 'Import' },
]

/**
 * Has the formats that most views need made while the first data is on its way, each in a task of its own: together
 * they would block a slow phone for too long.
 */
function prepareFormats(): void {
  for (const format of [count, price, percent, moment]) setTimeout(() => format(0))
}

/** The page: navigation, the state of the service, and the current view. */
export function App() {
  useEffect(prepareFormats, [])
  const [name = '', ...path] = route.value.path
  const View = VIEWS.get(name) ?? Catalogue
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
      <${ForgetToken} />
    </header>
    <${View} key=${place} path=${path} />
    <${ShownDialog} />
    <${Messages} />`
}
