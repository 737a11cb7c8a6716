import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ReadyAnswer } from '../db/store.ts'
import { isNotModified, tagOf } from '../plugins/etag.ts'

/** Makes an answer ready: its JSON, its tag, and the `Link` to the next page, if there is one. */
export function readyAnswer(
  body: string,
  { version, link }: { version?: number; link?: string } = {},
): ReadyAnswer {
  return { body, tag: tagOf(body, version), ...(link !== undefined && { link }) }
}

/**
 * Sends a ready answer, or 304 if the client has it. Returns the body for the handler to return; undefined for a 304. That
 * is decided here, because it is much cheaper than to take back the headers of a body.
 */
export function sendReady(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, tag, link }: ReadyAnswer,
): string | undefined {
  if (link !== undefined) reply.header('link', link)
  if (request.method === 'GET' && isNotModified(request, reply, tag)) return undefined
  reply.tag = tag
  reply.type('application/json; charset=utf-8') // Text would go out as plain text.
  return body
}
