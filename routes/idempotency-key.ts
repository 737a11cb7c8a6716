import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { IdempotencyKey } from '../db/store.ts'

/** A value as JSON in which the order of properties does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

const digest = (...parts: string[]) => hash('sha256', JSON.stringify(parts), 'base64url')

/**
 * The key of a request, if it has one, with what tells the request from others: its method, URL and body. Only digests
 * of them are stored, because a key can say something about its client.
 */
export function idempotencyKeyOf(request: FastifyRequest): IdempotencyKey | undefined {
  const { method, url, headers, body, tokenDigest } = request
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  return {
    key: digest(tokenDigest, String(key)),
    request: digest(method, url, canonical(body)),
  }
}
