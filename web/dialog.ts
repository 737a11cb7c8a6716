import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { html } from './html.ts'

/** A modal dialog for as long as it is rendered; Escape closes it as the browser does. */
export function Dialog(props: {
  title: string
  onClose: () => void
  children?: ComponentChildren
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return html`<dialog ref=${dialog} aria-labelledby="dialog-title" onClose=${props.onClose}>
    <h2 id="dialog-title">${props.title}</h2>
    ${props.children}
  </dialog>`
}
