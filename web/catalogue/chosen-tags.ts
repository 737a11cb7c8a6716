import { openAlertDialog } from '../alert/open.ts'
import { html } from '../html.ts'

/** The tags that the list is filtered by, each with a button that removes it. One alone can be watched. */
export function ChosenTags(props: { tags: readonly string[]; onChange: (tags: string[]) => void }) {
  const { tags, onChange } = props
  const [first] = tags
  if (first === undefined) return null
  const remove = (tag: string) => onChange(tags.filter((one) => one !== tag))
  const tellMe = () =>
    openAlertDialog({ about: { product_id: null, tag: first }, range: { name: '30d' } })
  return html`
    <ul class="chosen" aria-label="Only products with the tags">
      ${tags.map(
        (tag) => html`<li key=${tag} class="chip">
          <span>${tag}</span>
          <button type="button" class="plain" aria-label=${`Remove the tag ${tag}`}
            onClick=${() => remove(tag)}>✕</button>
        </li>`,
      )}
    </ul>
    ${
      tags.length === 1 &&
      html`<button type="button" class="plain" onClick=${tellMe}>Tell me when…</button>`
    }`
}
