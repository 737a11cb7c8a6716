import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { IdempotencyKey } from '../db/store.ts'

/** How many levels of lists and objects a body may have; those that are good have fewer than ten. */
const MOST_LEVELS = 100

/** A value with the properties of its objects in one order. Throws a 400 if it is nested too deeply to be walked. */
function ordered(app: FastifyInstance, value: unknown, level = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (level >= MOST_LEVELS) {
    throw app.httpErrors.badRequest(
      `The body has more than ${MOST_LEVELS} levels of lists and objects`,
    )
  }
  const inner = (part: unknown) => ordered(app, part, level + 1)
  if (Array.isArray(value)) return value.map(inner)
  const parts = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(parts.map(([name, part]) => [name, inner(part)]))
}

const digest = (...parts: string[]) => hash('sha256', JSON.stringify(parts), 'base64url')

/**
 * The key of a request, if it has one, with what tells the request from others: its method, URL and body. Only digests
 * of them are stored, because a key can say something about its client.
 */
export function idempotencyKeyOf(request: FastifyRequest): IdempotencyKey | undefined {
  const { server, method, url, headers, body, tokenDigest } = request
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  return {
    key: digest(tokenDigest, String(key)),
    request: digest(method, url, JSON.stringify(ordered(server, body))),
  }
}
