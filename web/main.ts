import { render } from 'preact'
import { App } from './app.ts'
import { html } from './html.ts'
import { keepFocus } from './kept-focus.ts'
import { setPriceSettings } from './price.ts'

/** A setting of the service, which the document has in its head. */
const settingOf = (name: string) =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''

setPriceSettings({
  unit: settingOf('price-unit'),
  minorDigits: Number(settingOf('price-minor-digits')),
})

keepFocus()
render(html`<${App} />`, document.body)
