import type { FastifyError } from 'fastify'
import fp from 'fastify-plugin'
import {
  ChangesCompacted,
  OfferNotFound,
  OutcomeUnknown,
  ProductNotFound,
  StoreDamaged,
  StoreUnavailable,
  VersionMismatch,
} from '../db/errors.ts'
import { TooManyPoints } from '../history/trend.ts'
import { STATUS_CODES } from '../trimmed/node-http.ts'

/** The one map from what the inside throws to HTTP. */
const STATUS = new Map<unknown, number>([
  [TooManyPoints, 400],
  [ProductNotFound, 404],
  [OfferNotFound, 404],
  [ChangesCompacted, 410],
  [VersionMismatch, 412],
  [StoreUnavailable, 503],
  [StoreDamaged, 503],
])

/** What to say in place of a message of the framework that does not say what is wanted. */
const MESSAGES: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE:
    'The header content-type must be application/json, without parameters or with charset=utf-8',
}

/** Gives every error the framework's shape, and shows nothing internal of one that is our fault. */
export default fp(
  async (app) => {
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      if (error instanceof OutcomeUnknown) {
        // Whatever status was sent, it might be wrong: as with a crash, the client gets no answer.
        request.log.error({ err: error }, 'the connection was closed without an answer')
        reply.hijack()
        request.raw.destroy()
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
          ? `The service could not do this now; its log names the request ${request.id}`
          : (MESSAGES[error.code] ?? error.message),
      })
    })
  },
  { name: 'errors' },
)
