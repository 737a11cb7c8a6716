import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { html } from './html.ts'
import { focusTitle } from './title.ts'
import { TokenForm } from './token-form.ts'

/** The open dialog. It belongs to no view, so that what the user types survives a change of view. */
const shown = signal<(() => ComponentChildren) | undefined>(undefined)

/** Opens a dialog, in place of any other one. */
export function showDialog(dialog: () => ComponentChildren): void {
  shown.value = dialog
}

/** Closes the open dialog. */
export function closeDialog(): void {
  shown.value = undefined
}

/**
 * Whether a dialog is on the screen. The browser may report that one was closed a while after it did so, when it
 * draws its next frame.
 */
export const isDialogOpen = () => document.querySelector('dialog[open]') !== null

/** The open dialog, if there is one. */
export function ShownDialog() {
  const View = shown.value
  return View ? html`<${View} />` : null
}

/** A modal dialog that is open while it is rendered. The browser closes it on Escape. */
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
  // A report that comes late can be about a dialog in whose place there is another one.
  const onClose = ({ target }: Event) => (target as HTMLDialogElement).isConnected && closeDialog()
  return html`<dialog ref=${dialog} aria-labelledby="dialog-title" onClose=${onClose}>
    <h2 id="dialog-title">${props.title}</h2>
    <${TokenForm} id="dialog-token" />
    ${props.children}
  </dialog>`
}
