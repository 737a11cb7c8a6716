import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { html } from './html.ts'
import { focusTitle } from './title.ts'

/** What is asked now. It does not belong to a view, so that what is typed outlives a view that goes. */
const shown = signal<(() => ComponentChildren) | undefined>(undefined)

/** Shows a dialog, in place of another one. */
export function showDialog(dialog: () => ComponentChildren): void {
  shown.value = dialog
}

/** Closes the dialog that is shown. */
export function closeDialog(): void {
  shown.value = undefined
}

/** The dialog that is shown, if there is one. */
export function ShownDialog() {
  const View = shown.value
  return View ? html`<${View} />` : null
}

/** A modal dialog for as long as it is rendered; Escape closes it as the browser does. */
export function Dialog(props: { title: string; children?: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
      else focusTitle()
    }
  }, [])
  return html`<dialog ref=${dialog} aria-labelledby="dialog-title" onClose=${closeDialog}>
    <h2 id="dialog-title">${props.title}</h2>
    ${props.children}
  </dialog>`
}
