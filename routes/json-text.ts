import type { FastifyReply } from 'fastify'

/** Sends text that is JSON already: it is returned for the handler to return. Other text goes out as plain text. */
export function asJson(reply: FastifyReply, text: string): string {
  reply.type('application/json; charset=utf-8')
  return text
}
