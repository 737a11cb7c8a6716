import { useState } from 'preact/hooks'
import type { Alert } from '../../schemas/alert.ts'
import { html } from '../html.ts'
import { OnOff } from '../on-off.ts'
import { setEnabled } from './actions.ts'

/** Turns an alert on and off. */
export function Switch({ alert }: { alert: Alert }) {
  const [busy, setBusy] = useState(false)
  async function change() {
    setBusy(true)
    await setEnabled(alert, !alert.enabled)
    setBusy(false)
  }
  return html`<${OnOff} on=${alert.enabled} busy=${busy} label=${`Alert ${alert.name}`} onChange=${change} />`
}
