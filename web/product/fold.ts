import { useState } from 'preact/hooks'
import { html } from '../html.ts'

/** Details that open by a click on their summary. They can be long, so they are rendered only while they are open. */
export function Fold(props: { summary: string; content: () => unknown }) {
  const { summary, content } = props
  const [open, setOpen] = useState(false)
  const onToggle = ({ currentTarget }: { currentTarget: HTMLDetailsElement }) =>
    setOpen(currentTarget.open)
  return html`<details onToggle=${onToggle}>
    <summary>${summary}</summary>
    ${open && content()}
  </details>`
}
