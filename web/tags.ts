import { html } from './html.ts'
import { link } from './router.ts'

/** The tags of a product, each with a link to the products that have it. Of more than `most`, the rest is counted. */
export function Tags({ tags, most = tags.length }: { tags: readonly string[]; most?: number }) {
  if (tags.length === 0) return null
  const rest = tags.length - most
  return html`<ul class="tags" aria-label="Tags">
    ${tags
      .slice(0, most)
      .map((tag) => html`<li key=${tag}><a class="chip" href=${link('', { tag })}>${tag}</a></li>`)}
    ${rest > 0 && html`<li class="none">and ${rest} more</li>`}
  </ul>`
}
