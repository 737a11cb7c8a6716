import { signal } from '@preact/signals'
import type { Alert, AlertPatch, NewAlert } from '../../schemas/alert.ts'
import { call } from '../api.ts'
import { conflictOf, inPlainWords, isGone, type Version } from '../conflict.ts'
import { create } from '../create.ts'
import { tell, tellFailure } from '../messages.ts'
import { quoted } from '../quoted.ts'
import { go, link } from '../router.ts'
import { changedSettings, settingsOf } from './typed.ts'

/** The number of changes to alerts that this page has made or met; lists of them are read again with each. */
export const alertChanges = signal(0)

/** The path of an alert in the API. */
export const pathOf = ({ id }: Alert) => `/alerts/${id}`

/** Creates an alert. Throws `RequestFailed`. */
export async function createAlert(input: NewAlert): Promise<Alert> {
  const { data } = await create<Alert>('/alerts', input)
  alertChanges.value += 1
  const name = quoted(data.name)
  tell(data.enabled ? `${name} watches from now on.` : `Created ${name}, which is off.`, {
    label: 'All alerts',
    run: () => go(link('alerts')),
  })
  return data
}

async function patch(alert: Alert, change: AlertPatch, ifMatch?: string): Promise<Alert> {
  const { data } = await call<Alert>(pathOf(alert), { method: 'PATCH', body: change, ifMatch })
  alertChanges.value += 1
  return data
}

/** Changes an alert, unless other settings than its switch have changed since the user saw it. */
async function patchSeen(seen: Version<Alert>, change: AlertPatch): Promise<Alert> {
  try {
    return await patch(seen.data, change, seen.etag)
  } catch (error) {
    const now = await conflictOf<Alert>(pathOf(seen.data), error)
    if (!now || now === 'gone' || changedSettings(seen.data, settingsOf(now.data))) throw error
    // It was turned on or off only, which this change leaves as it is.
    return await patch(now.data, change, now.etag)
  }
}

/** Changes settings of an alert, unless those have changed since the user saw it. Throws `RequestFailed`. */
export async function updateAlert(before: Version<Alert>, change: AlertPatch): Promise<void> {
  const { name } = await patchSeen(before, change)
  tell(`Changed ${quoted(name)}.`)
}

/**
 * Turns an alert on or off, and reports why if that fails. What else has changed of it makes no difference: the user
 * says what the switch is to be, and nothing else is changed.
 */
export async function setEnabled(alert: Alert, enabled: boolean): Promise<void> {
  try {
    await patch(alert, { enabled })
    tell(`${quoted(alert.name)} is ${enabled ? 'on' : 'off'}.`)
  } catch (error) {
    if (isGone(error)) alertChanges.value += 1
    tellFailure('Not changed', inPlainWords(error, 'the alert'))
  }
}

/**
 * Deletes an alert, unless it has changed since the user saw it, and goes to the list of alerts. Throws
 * `RequestFailed`.
 */
export async function deleteAlert({ data: alert, etag }: Version<Alert>): Promise<void> {
  await call(pathOf(alert), { method: 'DELETE', ifMatch: etag })
  alertChanges.value += 1
  go(link('alerts'))
  tell(`Deleted ${quoted(alert.name)} with its firings.`)
}
