import { signal } from '@preact/signals'
import type { ComponentChildren, ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { html } from './html.ts'

/** Shown if a part cannot be loaded: the service is down, or was updated since. */
function Unloadable() {
  return html`<p class="note">This part of the page could not be loaded.
    <button type="button" onClick=${() => location.reload()}>Reload the page</button></p>`
}

/**
 * A part of the page that is loaded by `load()`, or when it is first shown. Until then its frame is shown, and if
 * loading fails, the frame shows the failure.
 */
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  Frame: ComponentType<{ children?: ComponentChildren }>,
) {
  const part = signal<ComponentType<P> | undefined>(undefined)
  let started = false
  function loadOnce() {
    if (started) return
    started = true
    load()
      .catch(() => () => html`<${Frame}><${Unloadable} /></${Frame}>`)
      // Rendered in a separate task, because running its code for the first time takes long.
      .then((loaded) => setTimeout(() => (part.value = loaded)))
  }
  function Part(props: P) {
    useEffect(loadOnce, [])
    return html`<${part.value ?? Frame} ...${props} />`
  }
  return Object.assign(Part, { load: loadOnce })
}
