import { html } from '../html.ts'
import { link, productLink } from '../router.ts'
import type { About } from './use-subject.ts'

/** What an alert is about, with a link to it. `names` are those of products, by id. */
export function AboutWhat({
  about,
  names,
}: {
  about: About
  names: ReadonlyMap<string, string> | undefined
}) {
  const { product_id: id, tag } = about
  if (id !== null) return html`<a href=${productLink(id)}>${names?.get(id) ?? 'Product'}</a>`
  if (tag !== null) return html`<a href=${link('', { tag })}>tag ${tag}</a>`
  return html`<a href=${link('')}>all products</a>`
}
