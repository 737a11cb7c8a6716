import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { AlertToCreate } from '../db/store.ts'
import { DAY_MS } from '../history/time.ts'
import { versionsOf } from '../plugins/etag.ts'
import {
  Alert,
  AlertFiringList,
  AlertList,
  AlertListQuery,
  AlertParams,
  AlertPatch,
  AlertPreview,
  AlertTrial,
  NewAlert,
} from '../schemas/alert.ts'
import { type AlertCondition, conditionOf } from '../schemas/alert-condition.ts'
import type { Rule } from '../schemas/alert-rules.ts'
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
import { trimmed } from '../schemas/product.ts'
import { normalTag } from '../schemas/tag-rules.ts'
import { ref } from '../schemas/types.ts'
import { previewAlert } from './alert-preview.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'
import { linkNext, pageOf } from './next-page.ts'

const tags = ['Alerts']

/** How far back a preview looks by default. */
const PREVIEW_MS = 30 * DAY_MS

type Settings = Partial<Omit<Rule, 'condition'>>

const ruleOf = (
  condition: AlertCondition,
  { rearm_percent = 0, cooldown_s = 0, fire_if_true = false }: Settings,
): Rule => ({ condition: conditionOf(condition), rearm_percent, cooldown_s, fire_if_true })

/** What an alert watches. Throws a 400 if it is both a product and a tag. */
function watchedBy(
  { httpErrors }: FastifyInstance,
  { product_id, tag }: Pick<NewAlert, 'product_id' | 'tag'>,
): Pick<AlertToCreate, 'productId' | 'tag'> {
  if (product_id != null && tag != null) {
    throw httpErrors.badRequest('Choose a product_id or a tag for the alert, not both')
  }
  return {
    productId: product_id?.toLowerCase() ?? null,
    tag: tag == null ? null : normalTag(tag),
  }
}

/** The parts of a rule that a patch names. */
function rulePatch({ condition, ...settings }: { condition?: AlertCondition } & Settings) {
  const { rearm_percent, cooldown_s, fire_if_true } = settings
  const parts: Partial<Rule> = {}
  if (condition) parts.condition = conditionOf(condition)
  if (rearm_percent !== undefined) parts.rearm_percent = rearm_percent
  if (cooldown_s !== undefined) parts.cooldown_s = cooldown_s
  if (fire_if_true !== undefined) parts.fire_if_true = fire_if_true
  return parts
}

/** The body of an answer with one alert; the `ETag` begins with its version, which `If-Match` compares. */
function answerAlert(reply: FastifyReply, alert: Alert): Alert {
  reply.version = Date.parse(alert.updated_at)
  return alert
}

/** The alerts, their firings, and what they would have fired. */
const alerts: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '',
    {
      schema: {
        operationId: 'createAlert',
        summary: 'Create an alert',
        description:
          'The alert watches from now on. It fires when its condition becomes true, once for as long as that stays ' +
          'so; each firing is an `alert.fired` in the change feed. `POST /alerts/preview` shows when it would have ' +
          'fired.',
        tags,
        querystring: noQuery,
        headers: idempotencyKey,
        body: ref(NewAlert),
        response: {
          201: {
            ...ref(Alert),
            description: 'The alert as it was stored',
            headers: { ...tagged, Location: { type: 'string', description: 'Its path' } },
          },
          ...errors(400, 401, 403, 404, 409, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const { name, product_id, tag, condition, enabled = true, ...settings } = request.body
      const about = watchedBy(app, { product_id, tag })
      const alert = await app.store.createAlert(
        { ...trimmed({ name }), ...about, rule: ruleOf(condition, settings), enabled },
        idempotencyKeyOf(request),
      )
      reply.code(201).header('location', `${app.prefix}/${alert.id}`)
      return answerAlert(reply, alert)
    },
  )

  app.get(
    '',
    {
      schema: {
        operationId: 'listAlerts',
        summary: 'List the alerts',
        description: 'All alerts, in the order of their creation, page by page.',
        tags,
        querystring: AlertListQuery,
        headers: ifNoneMatch,
        response: {
          200: { ...ref(AlertList), description: 'A page of the alerts', headers: paged },
          304: notModified,
          ...errors(400, 401),
        },
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query
      const after = cursor === undefined ? undefined : app.cursors.verify('alerts', cursor)
      const found = await app.store.alerts({
        limit: limit + 1,
        after: after && String(after.sortKey),
      })
      const { items, last } = pageOf(found, limit)
      const next_cursor = last ? app.cursors.sign('alerts', { sortKey: last.id, key: 0 }) : null
      linkNext(request, reply, next_cursor)
      return { items, next_cursor }
    },
  )

  app.get(
    '/:id',
    {
      schema: {
        operationId: 'getAlert',
        summary: 'Read an alert',
        description:
          'The alert, with the time at which it last fired. Send its `ETag` as `If-Match` when you change or delete it.',
        tags,
        params: AlertParams,
        querystring: noQuery,
        headers: ifNoneMatch,
        response: {
          200: { ...ref(Alert), description: 'The alert', headers: tagged },
          304: notModified,
          ...errors(400, 401, 404),
        },
      },
    },
    async (request, reply) => answerAlert(reply, await app.store.alert(request.params.id)),
  )

  app.patch(
    '/:id',
    {
      schema: {
        operationId: 'updateAlert',
        summary: 'Change an alert',
        description:
          'Changes the fields in the body. An alert whose rule is changed, or that is enabled again, starts anew: it ' +
          'watches from now on.',
        tags,
        params: AlertParams,
        querystring: noQuery,
        headers: ifMatch.alert,
        body: ref(AlertPatch),
        response: {
          200: { ...ref(Alert), description: 'The alert as it is now', headers: tagged },
          ...errors(400, 401, 403, 404, 412, 413, 415),
        },
      },
    },
    async (request, reply) => {
      const { name, enabled, ...rest } = request.body
      const changes = {
        ...(name === undefined ? {} : trimmed({ name })),
        enabled,
        rule: rulePatch(rest),
      }
      const versions = versionsOf(request.headers['if-match'])
      return answerAlert(reply, await app.store.updateAlert(request.params.id, changes, versions))
    },
  )

  app.delete(
    '/:id',
    {
      schema: {
        operationId: 'deleteAlert',
        summary: 'Delete an alert',
        description: 'Removes the alert with its firings. They stay in the change feed.',
        tags,
        params: AlertParams,
        querystring: noQuery,
        headers: ifMatch.alert,
        response: {
          204: noContent('The alert was deleted'),
          ...errors(400, 401, 403, 404, 412, 413, 415),
        },
      },
    },
    async (request, reply) => {
      await app.store.deleteAlert(request.params.id, versionsOf(request.headers['if-match']))
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/:id/firings',
    {
      schema: {
        operationId: 'listAlertFirings',
        summary: 'List the firings of an alert',
        description: 'The firings of the alert, the latest first, page by page.',
        tags,
        params: AlertParams,
        querystring: AlertListQuery,
        headers: ifNoneMatch,
        response: {
          200: { ...ref(AlertFiringList), description: 'A page of the firings', headers: paged },
          304: notModified,
          ...errors(400, 401, 404),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { limit, cursor } = request.query
      const scope = `firings ${id}`
      const place = cursor === undefined ? undefined : app.cursors.verify(scope, cursor)
      const after = place && { at: Number(place.sortKey), productKey: place.key }
      const { items, next } = await app.store.firings(id, { limit, after })
      const next_cursor =
        next && app.cursors.sign(scope, { sortKey: next.at, key: next.productKey })
      linkNext(request, reply, next_cursor)
      return { items, next_cursor }
    },
  )

  app.post(
    '/preview',
    {
      schema: {
        operationId: 'previewAlert',
        summary: 'Show when an alert would have fired',
        description:
          'Tries an alert on the stored history, as if it had been created at `from`. It changes nothing, but like ' +
          'every POST it needs a token that may write. The same code decides here and for alerts that watch, so ' +
          'where every change of the history is known, these are the firings that the alert would have had.',
        tags,
        querystring: noQuery,
        body: ref(AlertTrial),
        response: {
          200: { ...ref(AlertPreview), description: 'The firings' },
          ...errors(400, 401, 403, 404, 413, 415),
        },
      },
    },
    (request) => {
      const { product_id, tag, condition, ...settings } = request.body
      const to = settings.to === undefined ? app.store.clock() : Date.parse(settings.to)
      const from =
        settings.from === undefined ? Math.max(0, to - PREVIEW_MS) : Date.parse(settings.from)
      if (from > to) throw app.httpErrors.badRequest('The property from must not be after to')
      const watched = watchedBy(app, { product_id, tag })
      const rule = ruleOf(condition, settings)
      return previewAlert(app, { rule, ...watched, from, to })
    },
  )
}
export default alerts
