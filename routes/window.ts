import type { FastifyInstance } from 'fastify'
import { DAY_MS } from '../history/time.ts'

/**
 * The window of a query, or of a body, epoch ms; the last 24 hours by default, but not before 1970. Throws a 400 if it
 * ends before it begins.
 */
export function windowOf(
  app: Pick<FastifyInstance, 'httpErrors' | 'store'>,
  query: { from?: string; to?: string },
  where: 'query' | 'body' = 'query',
): { from: number; to: number } {
  const to = query.to === undefined ? app.store.clock() : Date.parse(query.to)
  const from = query.from === undefined ? Math.max(0, to - DAY_MS) : Date.parse(query.from)
  if (from > to) {
    const name = where === 'query' ? 'query parameter from' : 'property from'
    throw app.httpErrors.badRequest(`The ${name} must not be after to`)
  }
  return { from, to }
}
