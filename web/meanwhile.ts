import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { html } from './html.ts'

/** A note about what happened in the meantime. It takes the focus, so that nobody misses it. */
export function Meanwhile({ children }: { children?: ComponentChildren }) {
  const note = useRef<HTMLDivElement>(null)
  useEffect(() => note.current?.focus(), [])
  return html`<div ref=${note} class="notice bad" role="alert" tabindex="-1">${children}</div>`
}

/** A part of someone else's version. */
export function Theirs({ id, label, text }: { id: string; label: string; text: string }) {
  return html`<div class="theirs">
    <strong>${label} (theirs)</strong>
    <div id=${id} class="wrap" tabindex="0" role="region" aria-label=${`${label} (theirs)`}>
      ${text || html`<span class="none">empty</span>`}
    </div>
  </div>`
}
