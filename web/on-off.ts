import { html } from './html.ts'

/**
 * A switch with its state in words. While it is busy it cannot be changed, and keeps the focus, which an input that is
 * disabled loses.
 */
export function OnOff(props: { on: boolean; busy: boolean; label: string; onChange: () => void }) {
  const { on, busy, label, onChange } = props
  const keep = (event: Event) => busy && event.preventDefault()
  return html`<label class="check">
    <input type="checkbox" role="switch" checked=${on} aria-disabled=${busy} aria-label=${label}
      onClick=${keep} onChange=${onChange} />${on ? 'on' : 'off'}</label>`
}
