import type { FastifyError, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import {
  AlertNotFound,
  ChangesCompacted,
  ExternalIdTaken,
  IdempotencyKeyInUse,
  IdempotencyKeyReused,
  OfferNotFound,
  OutcomeUnknown,
  ProductNotFound,
  StoreDamaged,
  StoreUnavailable,
  TooManyTags,
  TooManyWatched,
  TooManyWebhooks,
  VersionMismatch,
  WebhookNotFound,
} from '../db/errors.ts'
import { TooManyPoints } from '../history/trend.ts'
import { STATUS_CODES } from '../trimmed/node-http.ts'

/** The HTTP status of each domain error. */
const STATUS = new Map<unknown, number>([
  [TooManyPoints, 400],
  [TooManyTags, 400],
  [TooManyWatched, 400],
  [AlertNotFound, 404],
  [ProductNotFound, 404],
  [OfferNotFound, 404],
  [WebhookNotFound, 404],
  [ExternalIdTaken, 409],
  [TooManyWebhooks, 409],
  [IdempotencyKeyInUse, 409],
  [ChangesCompacted, 410],
  [VersionMismatch, 412],
  [IdempotencyKeyReused, 422],
  [StoreUnavailable, 503],
  [StoreDamaged, 503],
])

/** Messages that replace Fastify's where those do not say what to do. */
const MESSAGES: Record<string, (request: FastifyRequest) => string> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ({ routeOptions }) =>
    `The body is larger than ${Number(routeOptions.bodyLimit) / 1024} KiB, the limit of this route`,
  FST_ERR_CTP_INVALID_JSON_BODY: () => 'The body is not valid JSON',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    'The header content-type must be application/json, without parameters or with charset=utf-8',
}

/** Gives every error Fastify's shape, and hides the details of those that are the service's fault. */
export default fp(
  async (app) => {
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      if (error instanceof OutcomeUnknown) {
        // Any status might be wrong, so the client gets no answer, as if the service had crashed.
        request.log.error({ err: error }, 'closed the connection without an answer')
        reply.hijack()
        reply.raw.destroy() // Not the request: that leaves the socket open once its body was read.
        return
      }
      const statusCode = STATUS.get(error.constructor) ?? error.statusCode ?? 500
      const ours = statusCode >= 500
      if (ours) request.log.error({ err: error }, 'the request failed')
      return reply.code(statusCode).send({
        statusCode,
        code: ours ? undefined : error.code,
        error: STATUS_CODES[statusCode],
        message: ours
          ? `The service failed to do this; its log has the details under the request id ${request.id}`
          : (MESSAGES[error.code]?.(request) ?? error.message),
      })
    })
  },
  { name: 'errors' },
)
