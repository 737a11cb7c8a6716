import { html } from './html.ts'

/** The button that reads one more page of a list; nothing after the last page. */
export function ShowMore({ readMore }: { readMore: (() => void) | undefined }) {
  return readMore
    ? html`<p><button type="button" class="plain" onClick=${readMore}>Show more</button></p>`
    : null
}
