import type { FastifyReply } from 'fastify'
import type { ReadyAnswer } from '../db/store.ts'
import { tagOf } from '../plugins/etag.ts'

/** Makes an answer ready: its JSON, its tag, and the `Link` to the next page, if there is one. */
export function readyAnswer(
  body: string,
  { version, link }: { version?: number; link?: string } = {},
): ReadyAnswer {
  return { body, tag: tagOf(body, version), ...(link !== undefined && { link }) }
}

/** Sends a ready answer: the body is returned for the handler to return. */
export function sendReady(reply: FastifyReply, { body, tag, link }: ReadyAnswer): string {
  reply.tag = tag
  reply.type('application/json; charset=utf-8') // Text would go out as plain text.
  if (link !== undefined) reply.header('link', link)
  return body
}
