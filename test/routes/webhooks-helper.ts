import type { Test } from 'tap'
import type { NewWebhook, Webhook } from '../../schemas/webhook.ts'
import { startApp } from '../helper.ts'
import { API, type App, NO_UPSTREAM } from './helper.ts'

export const WEBHOOKS = `${API}/webhooks`

const OPTIONS = { ...NO_UPSTREAM, WEBHOOK_ALLOW_PRIVATE: 'true', WEBHOOK_TIMEOUT_MS: '60000' }

/** An app on a clock that stands still, whose webhooks may lead to this machine. */
export async function startWebhooks(t: Test, variables: Record<string, string> = {}) {
  const time = { now: Date.now() }
  const app = await startApp(t, { ...OPTIONS, ...variables }, { clock: () => time.now })
  return { app, time }
}

/** Calls an operation of a webhook. */
export const call = (app: App, path: string, payload?: object) =>
  app.inject({ method: 'POST', url: `${WEBHOOKS}/${path}`, ...(payload ? { payload } : {}) })

/** Creates a webhook, and gives it with its secret. */
export async function createWebhook(app: App, webhook: NewWebhook) {
  const response = await app.inject({ method: 'POST', url: WEBHOOKS, payload: webhook })
  return response.json<Webhook & { secret: string }>()
}

export const readWebhook = async (app: App, id: string) =>
  (await app.inject(`${WEBHOOKS}/${id}`)).json<Webhook>()

export const patchWebhook = (app: App, id: string, payload: object) =>
  app.inject({ method: 'PATCH', url: `${WEBHOOKS}/${id}`, payload })
