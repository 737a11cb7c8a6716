import { useState } from 'preact/hooks'
import type { Alert } from '../../schemas/alert.ts'
import { html } from '../html.ts'
import { setEnabled } from './actions.ts'

/** Turns an alert on and off. */
export function Switch({ alert }: { alert: Alert }) {
  const [busy, setBusy] = useState(false)
  async function change() {
    setBusy(true)
    await setEnabled(alert, !alert.enabled)
    setBusy(false)
  }
  return html`<label class="check">
    <input type="checkbox" role="switch" checked=${alert.enabled} disabled=${busy} onChange=${change}
      aria-label=${`Alert ${alert.name}`} />${alert.enabled ? 'on' : 'off'}</label>`
}
