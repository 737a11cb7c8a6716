import { useState } from 'preact/hooks'
import type { Conflict, Version } from './conflict.ts'
import { closeDialog, Dialog, showDialog } from './dialog.ts'
import { html } from './html.ts'
import { Meanwhile } from './meanwhile.ts'
import { tell } from './messages.ts'
import { quoted } from './quoted.ts'
import { useChange } from './use-change.ts'

/** A deletion that cannot be undone. */
interface Deletion<T> {
  /** What people call the thing to delete, such as `product`. */
  what: string
  path: string
  /** The version that the user saw when the dialog was opened. */
  opened: Version<T>
  /** What follows from it. */
  text: string
  /** What there is to look at again after a change. */
  detailsOf: (now: T) => string
  /** Deletes it, unless it has changed since this version. Throws `RequestFailed`. */
  run: (seen: Version<T>) => Promise<unknown>
  /** Called if someone else has deleted it already, before a message says so. */
  onGone: () => void
}

function Delete<T extends { name: string }>({ deletion }: { deletion: Deletion<T> }) {
  const { what, path, opened, text, detailsOf, run, onGone } = deletion
  const [now, setNow] = useState(opened)
  const { busy, failure, start } = useChange('Not deleted', () => askToDelete(deletion))
  const { name } = now.data
  const changed = now.etag !== opened.etag
  function onConflict(conflict: Conflict<T>) {
    if (conflict !== 'gone') return setNow(conflict)
    closeDialog()
    onGone()
    tell(`${quoted(name)} had already been deleted.`)
  }
  return html`<${Dialog} title=${`Delete this ${what}?`}>
    ${
      changed &&
      html`<${Meanwhile} key=${now.etag}>
        <p>Someone else changed this ${what} in the meantime. Check whether you still want to delete it.</p>
      </${Meanwhile}>`
    }
    <p class="wrap"><strong>${name}</strong></p>
    ${changed && html`<p class="wrap clamped">${detailsOf(now.data)}</p>`}
    <p>${text}</p>
    ${failure && html`<p class="failure" role="alert">${failure}</p>`}
    <div class="buttons">
      <button type="button" class="plain" onClick=${closeDialog}>Keep it</button>
      <button type="button" class="danger" aria-disabled=${busy}
        onClick=${() => start(() => run(now), path, onConflict)}>
        ${changed ? 'Delete it anyway' : 'Delete it'}</button>
    </div>
  </${Dialog}>`
}

/** Opens the dialog that confirms a deletion. It asks again if someone else changed the same thing in the meantime. */
export function askToDelete<T extends { name: string }>(deletion: Deletion<T>): void {
  showDialog(() => html`<${Delete} deletion=${deletion} />`)
}
