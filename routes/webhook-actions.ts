import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { newSecret } from '../feed/webhooks/signature.ts'
import { DAY_MS } from '../history/time.ts'
import { errors } from '../schemas/error.ts'
import { noQuery, tagged } from '../schemas/http.ts'
import { toTime } from '../schemas/to-time.ts'
import { ref } from '../schemas/types.ts'
import { Replay, RotatedSecret, Webhook, WebhookParams, WebhookTest } from '../schemas/webhook.ts'
import { answerWebhook, changeWebhook } from './webhook-answer.ts'

const tags = ['Webhooks']

/** How long messages are signed with the secret before a rotation too. */
const ROTATION_MS = DAY_MS

/** What can be done with a webhook: a test, a replay, and a new secret. */
const webhookActions: FastifyPluginAsyncTypebox = async (app) => {
  const { store } = app

  app.post(
    '/:id/test',
    {
      schema: {
        operationId: 'testWebhook',
        summary: 'Send a test message',
        description:
          'Sends one message of the type `webhook.test`, signed like all others, and says how it went. It is not ' +
          'sent again, and changes nothing of the webhook, which may be disabled.',
        tags,
        params: WebhookParams,
        querystring: noQuery,
        response: {
          200: { ...ref(WebhookTest), description: 'How it went' },
          ...errors(400, 401, 403, 404, 413, 415),
        },
      },
    },
    async (request) => {
      const { status, error } = await app.webhooks.test(await store.webhook(request.params.id))
      return { delivered: error === null, status, error }
    },
  )

  app.post(
    '/:id/replay',
    {
      schema: {
        operationId: 'replayWebhook',
        summary: 'Deliver changes again',
        description:
          'Goes on after another place in the feed, back or ahead. A message that has the same changes as before ' +
          'has the same id. The answer is 410 if the feed no longer has the changes after that place.',
        tags,
        params: WebhookParams,
        querystring: noQuery,
        body: ref(Replay),
        response: {
          200: { ...ref(Webhook), description: 'The webhook as it is now', headers: tagged },
          ...errors(400, 401, 403, 404, 410, 413, 415),
        },
      },
    },
    async (request, reply) => {
      const { after } = request.body
      if (after > store.lastSeq) {
        throw app.httpErrors.badRequest(
          `The after must be at most ${store.lastSeq}, the last change in the feed`,
        )
      }
      const { id } = request.params
      return answerWebhook(reply, await changeWebhook(app, id, { type: 'replay', after }))
    },
  )

  app.post(
    '/:id/rotate-secret',
    {
      schema: {
        operationId: 'rotateWebhookSecret',
        summary: 'Replace the secret',
        description:
          'Makes a new secret, which is never shown again. For 24 hours, messages are signed with the previous ' +
          'secret too, so that the receiver can change over at any time. To end the use of a secret that others ' +
          'know at once, rotate twice.',
        tags,
        params: WebhookParams,
        querystring: noQuery,
        response: {
          200: { ...ref(RotatedSecret), description: 'The new secret' },
          ...errors(400, 401, 403, 404, 413, 415),
        },
      },
    },
    async (request, reply) => {
      const secret = newSecret()
      const previousUntil = store.clock() + ROTATION_MS
      await changeWebhook(app, request.params.id, { type: 'rotate', secret, previousUntil })
      reply.header('cache-control', 'no-store')
      return { secret, previous_expires_at: toTime(previousUntil) }
    },
  )
}
export default webhookActions
