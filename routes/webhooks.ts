import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { StoredWebhook } from '../db/store.ts'
import { newSecret } from '../feed/webhooks/signature.ts'
import { errors } from '../schemas/error.ts'
import { ifNoneMatch, noContent, noQuery, notModified, paged, tagged } from '../schemas/http.ts'
import { toTime } from '../schemas/to-time.ts'
import { ref } from '../schemas/types.ts'
import {
  CreatedWebhook,
  NewWebhook,
  Replay,
  RotatedSecret,
  Webhook,
  WebhookList,
  WebhookListQuery,
  WebhookParams,
  WebhookPatch,
  WebhookTest,
} from '../schemas/webhook.ts'

const tags = ['Webhooks']

/** The most webhooks that there can be. */
const LIMIT = 100

/** How long messages are signed with the secret before a rotation too. */
const ROTATION_MS = 24 * 60 * 60 * 1000

/** Webhooks: endpoints that changes are delivered to. */
const webhooks: FastifyPluginAsyncTypebox = async (app) => {
  const { store } = app

  /** A webhook as the API shows it: without its secrets. */
  function shown(webhook: StoredWebhook): Webhook {
    const { id, url, types, productId, batchSize, enabled, createdAt, cursor } = webhook
    const { failures, lastStatus, lastError, nextAttemptAt } = webhook
    return {
      ...{ id, url, types, product_id: productId, batch_size: batchSize, enabled },
      ...{ created_at: toTime(createdAt), cursor, lag: Math.max(0, store.lastSeq - cursor) },
      ...{ failures, last_status: lastStatus, last_error: lastError },
      next_attempt_at: nextAttemptAt === null ? null : toTime(nextAttemptAt),
    }
  }

  async function assertReachable(url: string | undefined): Promise<void> {
    const fault = url === undefined ? undefined : await app.webhookGuard.urlFault(url)
    if (fault !== undefined) throw app.httpErrors.badRequest(fault)
  }

  /** Changes a webhook once what was delivered is recorded, and has its deliveries follow. */
  async function change(id: string, what: Parameters<typeof store.changeWebhook>[1]) {
    await app.webhooks.flush()
    const webhook = await store.changeWebhook(id, what)
    await app.webhooks.refresh()
    return webhook
  }

  app.post(
    '',
    {
      schema: {
        operationId: 'createWebhook',
        summary: 'Create a webhook',
        description:
          'From now on, changes are sent to the URL, in order and at least once, as the Standard Webhooks ' +
          'specification describes. The answer has the secret to verify messages with, which is never shown ' +
          'again. There can be 100 webhooks.',
        tags,
        querystring: noQuery,
        body: ref(NewWebhook),
        response: {
          201: {
            ...ref(CreatedWebhook),
            description: 'The webhook, with its secret',
            headers: {
              Location: {
                type: 'string',
                description: 'The path of the webhook',
                example: '/api/v1/webhooks/019aa9f0-5c00-7000-8000-000000000101',
              },
            },
          },
          ...errors(400, 401, 403, 409, 413, 415),
        },
      },
    },
    async (request, reply) => {
      const {
        url,
        types = [],
        product_id: productId = null,
        batch_size: batchSize = 1,
      } = request.body
      await assertReachable(url)
      const secret = newSecret()
      const id = app.environment.newId()
      const webhook = await store.createWebhook(
        { id, secret, url, types, productId, batchSize, enabled: true },
        LIMIT,
      )
      await app.webhooks.refresh()
      reply.code(201).header('location', `${app.prefix}/${id}`).header('cache-control', 'no-store')
      return { ...shown(webhook), secret }
    },
  )

  app.get(
    '',
    {
      schema: {
        operationId: 'listWebhooks',
        summary: 'List the webhooks',
        description: 'All webhooks, oldest first, with how their deliveries go.',
        tags,
        querystring: WebhookListQuery,
        headers: ifNoneMatch,
        response: {
          200: { ...ref(WebhookList), description: 'A page of webhooks', headers: paged },
          304: notModified,
          ...errors(400, 401),
        },
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query
      const after = cursor === undefined ? 0 : app.cursors.verify('webhooks', cursor).key
      const found = await store.webhooks(after, limit + 1)
      const items = found.slice(0, limit)
      const last = found.length > limit ? items.at(-1) : undefined
      const next = last ? app.cursors.sign('webhooks', { sortKey: null, key: last.key }) : null
      if (next !== null) {
        const query = new URLSearchParams({ limit: String(limit), cursor: next })
        reply.header('link', `<${app.prefix}?${query}>; rel="next"`)
      }
      return { items: items.map(shown), next_cursor: next }
    },
  )

  app.get(
    '/:id',
    {
      schema: {
        operationId: 'getWebhook',
        summary: 'Read a webhook',
        description: 'A webhook, with how its deliveries go. It does not show the secret.',
        tags,
        params: WebhookParams,
        querystring: noQuery,
        headers: ifNoneMatch,
        response: {
          200: { ...ref(Webhook), description: 'The webhook', headers: tagged },
          304: notModified,
          ...errors(400, 401, 404),
        },
      },
    },
    async (request) => shown(await store.webhook(request.params.id)),
  )

  app.patch(
    '/:id',
    {
      schema: {
        operationId: 'updateWebhook',
        summary: 'Change a webhook',
        description:
          'Changes the fields in the body. The next attempt is made at once. A webhook that is enabled again ' +
          'goes on where it was; if the feed no longer has the changes from there on, the answer is 410: replay it ' +
          'from a later change first.',
        tags,
        params: WebhookParams,
        querystring: noQuery,
        body: ref(WebhookPatch),
        response: {
          200: { ...ref(Webhook), description: 'The webhook as it is now', headers: tagged },
          ...errors(400, 401, 403, 404, 410, 413, 415),
        },
      },
    },
    async (request) => {
      const { product_id: productId, batch_size: batchSize, ...rest } = request.body
      await assertReachable(rest.url)
      const settings = {
        ...rest,
        ...(productId === undefined ? {} : { productId }),
        ...(batchSize === undefined ? {} : { batchSize }),
      }
      return shown(await change(request.params.id, { type: 'settings', ...settings }))
    },
  )

  app.delete(
    '/:id',
    {
      schema: {
        operationId: 'deleteWebhook',
        summary: 'Delete a webhook',
        description: 'Ends its deliveries.',
        tags,
        params: WebhookParams,
        querystring: noQuery,
        response: {
          204: noContent('The webhook was deleted'),
          ...errors(400, 401, 403, 404, 413, 415),
        },
      },
    },
    async (request, reply) => {
      await store.deleteWebhook(request.params.id)
      await app.webhooks.refresh()
      return reply.code(204).send(null)
    },
  )

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
          200: { ...ref(Webhook), description: 'The webhook as it is now' },
          ...errors(400, 401, 403, 404, 410, 413, 415),
        },
      },
    },
    async (request) => {
      const { after } = request.body
      if (after > store.lastSeq) {
        throw app.httpErrors.badRequest(
          `The after must be at most ${store.lastSeq}, the last change in the feed`,
        )
      }
      return shown(await change(request.params.id, { type: 'replay', after }))
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
      await change(request.params.id, { type: 'rotate', secret, previousUntil })
      reply.header('cache-control', 'no-store')
      return { secret, previous_expires_at: toTime(previousUntil) }
    },
  )
}
export default webhooks
