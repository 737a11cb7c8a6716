import { signal } from '@preact/signals'
import type {
  CreatedWebhook,
  NewWebhook,
  RotatedSecret,
  Webhook,
  WebhookTest,
} from '../../schemas/webhook.ts'
import { call } from '../api.ts'
import { inPlainWords, isGone } from '../conflict.ts'
import { create } from '../create.ts'
import { moment } from '../format.ts'
import { tell, tellFailure } from '../messages.ts'
import { showSecret } from './secret.ts'

/** The number of changes to webhooks that this page has made or met; their list is read again with each. */
export const webhookChanges = signal(0)

const pathOf = ({ id }: Webhook) => `/webhooks/${id}`

/**
 * Runs a change of a webhook. If someone has deleted that, it reports so, and the change is over: there is nothing to
 * try again. Throws `RequestFailed` for any other reason.
 */
async function unlessDeleted(failed: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!isGone(error)) throw error
    tellFailure(failed, inPlainWords(error, 'the webhook'))
  }
  webhookChanges.value += 1
}

/** Runs a change that no dialog waits for, and reports why if it fails. */
async function reported(failed: string, run: () => Promise<void>): Promise<void> {
  try {
    await unlessDeleted(failed, run)
  } catch (error) {
    tellFailure(failed, error)
  }
}

/** Creates a webhook and shows its secret. Throws `RequestFailed`. */
export async function createWebhook(input: NewWebhook): Promise<void> {
  const { data } = await create<CreatedWebhook>('/webhooks', input)
  webhookChanges.value += 1
  if (data.secret !== null) {
    showSecret(data.url, data.secret, 'Your receiver verifies messages with it.')
  } else
    tell('The answer with the secret was lost. Replace the secret of the webhook to see a new one.')
}

/** Replaces the secret of a webhook and shows the new one. Throws `RequestFailed`. */
export function rotateSecret(webhook: Webhook): Promise<void> {
  return unlessDeleted('Not replaced', async () => {
    const path = `${pathOf(webhook)}/rotate-secret`
    const { data } = await call<RotatedSecret>(path, { method: 'POST' })
    const until = moment(data.previous_expires_at)
    showSecret(
      webhook.url,
      data.secret,
      `Until ${until}, messages are signed with the previous one too.`,
    )
  })
}

/** Sends a test message, and tells how it fared. */
export function testWebhook(webhook: Webhook): Promise<void> {
  return reported('Not tested', async () => {
    const { data } = await call<WebhookTest>(`${pathOf(webhook)}/test`, { method: 'POST' })
    if (data.delivered) tell(`The receiver accepted the test message with ${data.status}.`)
    else tellFailure('The test message was not delivered', new Error(data.error ?? 'no answer'))
  })
}

/** Turns the deliveries of a webhook on or off. */
export function setEnabled(webhook: Webhook, enabled: boolean): Promise<void> {
  return reported('Not changed', async () => {
    await call(pathOf(webhook), { method: 'PATCH', body: { enabled } })
  })
}

/** Delivers all changes after this one again. Throws `RequestFailed`. */
export function replay(webhook: Webhook, after: number): Promise<void> {
  return unlessDeleted('Not replayed', async () => {
    await call(`${pathOf(webhook)}/replay`, { method: 'POST', body: { after } })
    tell(`The changes after ${after} are delivered again.`)
  })
}

/** Deletes a webhook. Throws `RequestFailed`. */
export async function deleteWebhook(webhook: Webhook): Promise<void> {
  let told = 'Deleted the webhook.'
  try {
    await call(pathOf(webhook), { method: 'DELETE' })
  } catch (error) {
    if (!isGone(error)) throw error
    told = 'The webhook had already been deleted.'
  }
  webhookChanges.value += 1
  tell(told)
}
