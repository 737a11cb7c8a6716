import { signal } from '@preact/signals'
import type { ComponentChildren, ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { html } from './html.ts'

/** Shown where a part's files can't be had: the service is down, or was updated since. */
function Unloadable() {
  return html`<p class="note">This part of the page could not be loaded.
    <button type="button" onClick=${() => location.reload()}>Reload the page</button></p>`
}

/**
 * A part of the page that is loaded by `load()` or when it is first shown. Until it is there, its frame is shown,
 * which then has what went wrong.
 */
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  Frame: ComponentType<{ children?: ComponentChildren }>,
) {
  const part = signal<ComponentType<P> | undefined>(undefined)
  let asked = false
  function loadOnce() {
    if (asked) return
    asked = true
    load()
      .catch(() => () => html`<${Frame}><${Unloadable} /></${Frame}>`)
      // In a task of its own, because to run its code for the first time takes long enough.
      .then((loaded) => setTimeout(() => (part.value = loaded)))
  }
  function Part(props: P) {
    useEffect(loadOnce, [])
    return html`<${part.value ?? Frame} ...${props} />`
  }
  return Object.assign(Part, { load: loadOnce })
}
