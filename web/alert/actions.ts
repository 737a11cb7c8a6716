import { signal } from '@preact/signals'
import type { Alert, AlertPatch, NewAlert } from '../../schemas/alert.ts'
import { call } from '../api.ts'
import { create } from '../create.ts'
import { tell, tellFailure } from '../messages.ts'
import { quoted } from '../quoted.ts'
import { go, link } from '../router.ts'

/** The number of changes that this page has made to alerts; lists of them are read again with each. */
export const alertChanges = signal(0)

const pathOf = ({ id }: Alert) => `/alerts/${id}`

/** Creates an alert. Throws `RequestFailed`. */
export async function createAlert(input: NewAlert): Promise<void> {
  const { data } = await create<Alert>('/alerts', input)
  alertChanges.value += 1
  tell(`${quoted(data.name)} watches from now on.`, {
    label: 'All alerts',
    run: () => go(link('alerts')),
  })
}

async function patch(alert: Alert, change: AlertPatch): Promise<void> {
  await call(pathOf(alert), { method: 'PATCH', body: change })
  alertChanges.value += 1
}

/** Changes an alert. Throws `RequestFailed`. */
export async function updateAlert(alert: Alert, change: AlertPatch): Promise<void> {
  await patch(alert, change)
  tell(`Changed ${quoted(alert.name)}.`)
}

/** Turns an alert on or off, and reports why if that fails. */
export async function setEnabled(alert: Alert, enabled: boolean): Promise<void> {
  try {
    await patch(alert, { enabled })
    tell(`${quoted(alert.name)} is ${enabled ? 'on' : 'off'}.`)
  } catch (error) {
    tellFailure('Not changed', error)
  }
}

/** Deletes an alert and goes to the list of alerts. Throws `RequestFailed`. */
export async function deleteAlert(alert: Alert): Promise<void> {
  await call(pathOf(alert), { method: 'DELETE' })
  alertChanges.value += 1
  go(link('alerts'))
  tell(`Deleted ${quoted(alert.name)} with its firings.`)
}
