import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import {
  ChangeEvents,
  ChangeList,
  ChangeListQuery,
  ChangeStreamQuery,
  Seq,
} from '../schemas/change.ts'
import { errors } from '../schemas/error.ts'
import { ifNoneMatch, notModified, tagged } from '../schemas/http.ts'
import { ref } from '../schemas/types.ts'

/** The change feed, as a list and as a stream. */
const changes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      schema: {
        operationId: 'listChanges',
        summary: 'List the changes after a position in the feed',
        description:
          'Every change to products and offers, in one order, without gaps or repeats. To follow ' +
          'the feed, send `last_seq` of the answer as `after` in the next request, at once if it ' +
          'is less than `last_seq` of the status. 410 means that changes after `after` have left ' +
          'the feed: read the catalogue again.',
        tags: ['Changes'],
        querystring: ChangeListQuery,
        headers: ifNoneMatch,
        response: {
          200: { ...ref(ChangeList), description: 'The changes', headers: tagged },
          304: notModified,
          ...errors(400, 401, 410),
        },
      },
    },
    async (request) => {
      const { after, product_id: productId, type, limit } = request.query
      const { items, lastSeq } = await app.store.changes({ after, productId, type, limit })
      return { items, last_seq: lastSeq }
    },
  )

  app.get(
    '/stream',
    {
      compress: false, // Compression would hold events back.
      config: { acceptsSession: true },
      schema: {
        operationId: 'streamChanges',
        summary: 'Stream the changes',
        description:
          'The changes as server-sent events: `id` is the `seq`, `event` the `type`, and `data` ' +
          'the `Change`. After a disconnection, `Last-Event-ID` resumes the stream without losing ' +
          'a change; browsers send it automatically, and it takes precedence over `after`. A ' +
          'client that is too slow is disconnected and can resume. A comment every 15 seconds ' +
          'keeps the connection open; its `id` is a position to resume from, even if a filter ' +
          'lets few changes through.',
        tags: ['Changes'],
        querystring: ChangeStreamQuery,
        headers: Type.Object({
          'last-event-id': Type.Optional(Seq('The last `id` received')),
        }),
        response: {
          200: {
            description: 'The changes, as they happen',
            content: { 'text/event-stream': { schema: ChangeEvents } },
          },
          ...errors(400, 401, 410),
        },
      },
    },
    async (request, reply) => {
      const { product_id: productId, type, ...query } = request.query
      const after = request.headers['last-event-id'] ?? query.after
      // Throws the 410 before the answer begins.
      if (after !== undefined) await app.store.changes({ after, limit: 1 })
      reply
        .type('text/event-stream')
        .header('cache-control', 'no-cache, no-transform')
        .header('x-accel-buffering', 'no') // Otherwise nginx buffers the stream.
      if (request.method === 'HEAD') return reply.send(Readable.from([])) // No subscription is needed.
      const { sessionEndsAt } = request
      const remainingMs = sessionEndsAt && sessionEndsAt - app.store.clock()
      return reply.send(app.changeHub.subscribe({ productId, type }, after, remainingMs))
    },
  )
}
export default changes
