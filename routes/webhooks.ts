import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Turns } from '../concurrency/in-flight.ts'
import type { IdempotencyKey } from '../db/store.ts'
import { newSecret } from '../feed/webhooks/signature.ts'
import { tagOf, versionsOf } from '../plugins/etag.ts'
import { errors } from '../schemas/error.ts'
import {
  idempotencyKey,
  ifMatch,
  ifNoneMatch,
  noContent,
  noQuery,
  notModified,
  paged,
  tagged,
} from '../schemas/http.ts'
import { normalTag } from '../schemas/tag-rules.ts'
import { ref } from '../schemas/types.ts'
import {
  CreatedWebhook,
  NewWebhook,
  Webhook,
  WebhookList,
  WebhookListQuery,
  WebhookParams,
  WebhookPatch,
} from '../schemas/webhook.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'
import { linkNext, pageOf } from './next-page.ts'
import { answerWebhook, changeWebhook, shownWebhook } from './webhook-answer.ts'

const tags = ['Webhooks']

/** A tag as products have it. */
const storedTag = (tag: string | null) => (tag === null ? null : normalTag(tag))

/** The most webhooks that there can be. */
const LIMIT = 100

/** Webhooks: endpoints that changes are delivered to. */
const webhooks: FastifyPluginAsyncTypebox = async (app) => {
  const { store } = app
  /** Those with the same key one after the other, so that the URL of a later one is refused only if none was created. */
  const creations = new Turns()

  async function assertReachable(url: string | undefined): Promise<void> {
    const fault = url === undefined ? undefined : await app.webhookGuard.urlFault(url)
    if (fault !== undefined) throw app.httpErrors.badRequest(fault)
  }

  /**
   * The webhook of the same request before this one, if the URL of both is refused now: where its host leads, and
   * where webhooks may lead, can have changed in between. Throws the refusal if there was no such request.
   */
  async function createdBefore(url: string, once: IdempotencyKey | undefined) {
    const fault = await app.webhookGuard.urlFault(url)
    if (fault === undefined) return undefined
    const created = once && (await store.createdWebhook(once))
    if (!created) throw app.httpErrors.badRequest(fault)
    return created
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
          'again, nor in the answer to the same request with the same `Idempotency-Key`. There can be 100 webhooks.',
        tags,
        querystring: noQuery,
        headers: idempotencyKey,
        body: ref(NewWebhook),
        response: {
          201: {
            ...ref(CreatedWebhook),
            description: 'The webhook, with its secret',
            headers: {
              ...tagged,
              Location: {
                type: 'string',
                description: 'The path of the webhook',
                example: '/api/v1/webhooks/019aa9f0-5c00-7000-8000-000000000101',
              },
            },
          },
          ...errors(400, 401, 403, 404, 409, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const { url, types = [], product_id = null, tag = null } = request.body
      const { batch_size: batchSize = 1 } = request.body
      const about = { productId: product_id?.toLowerCase() ?? null, tag: storedTag(tag) }
      const once = idempotencyKeyOf(request)
      const secret = newSecret()
      const id = app.environment.newId()
      const settings = { url, types, ...about, batchSize, enabled: true }
      const createOnce = async () =>
        (await createdBefore(url, once)) ??
        (await store.createWebhook({ id, secret, ...settings }, LIMIT, once))
      const webhook = await (once ? creations.take(once.key, createOnce) : createOnce())
      await app.webhooks.refresh()
      reply.code(201).header('location', `${app.prefix}/${webhook.id}`)
      reply.header('cache-control', 'no-store')
      const shown = { ...answerWebhook(reply, webhook), lag: 0 }
      reply.tag = tagOf(JSON.stringify(shown), webhook.version) // That of a read, made without the secret.
      // The webhook of a request that was sent before has another id, and its secret was shown then.
      return { ...shown, secret: webhook.id === id ? secret : null }
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
      const { items, last } = pageOf(found, limit)
      const next = last ? app.cursors.sign('webhooks', { sortKey: null, key: last.key }) : null
      linkNext(request, reply, next)
      return { items: items.map((webhook) => shownWebhook(app, webhook)), next_cursor: next }
    },
  )

  app.get(
    '/:id',
    {
      schema: {
        operationId: 'getWebhook',
        summary: 'Read a webhook',
        description:
          'A webhook, with how its deliveries go. It does not show the secret. Send its `ETag` as `If-Match` when ' +
          'you change or delete it.',
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
    async (request, reply) => answerWebhook(reply, await store.webhook(request.params.id)),
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
        headers: ifMatch.webhook,
        body: ref(WebhookPatch),
        response: {
          200: { ...ref(Webhook), description: 'The webhook as it is now', headers: tagged },
          ...errors(400, 401, 403, 404, 410, 412, 413, 415),
        },
      },
    },
    async (request, reply) => {
      const { product_id, tag, batch_size: batchSize, ...rest } = request.body
      await assertReachable(rest.url)
      const settings = {
        ...rest,
        ...(product_id === undefined ? {} : { productId: product_id?.toLowerCase() ?? null }),
        ...(tag === undefined ? {} : { tag: storedTag(tag) }),
        ...(batchSize === undefined ? {} : { batchSize }),
      }
      const change = { type: 'settings', ...settings } as const
      const versions = versionsOf(request.headers['if-match'])
      return answerWebhook(reply, await changeWebhook(app, request.params.id, change, versions))
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
        headers: ifMatch.webhook,
        response: {
          204: noContent('The webhook was deleted'),
          ...errors(400, 401, 403, 404, 412, 413, 415),
        },
      },
    },
    async (request, reply) => {
      await store.deleteWebhook(request.params.id, versionsOf(request.headers['if-match']))
      await app.webhooks.refresh()
      return reply.code(204).send(null)
    },
  )
}
export default webhooks
