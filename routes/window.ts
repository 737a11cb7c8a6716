import type { FastifyInstance } from 'fastify'
import { DAY_MS } from '../history/time.ts'

/** The window that a query names, epoch ms; by default the last 24 hours. Throws a 400. */
export function windowOf(
  app: Pick<FastifyInstance, 'environment' | 'httpErrors'>,
  query: { from?: string; to?: string },
): { from: number; to: number } {
  const to = query.to === undefined ? app.environment.clock() : Date.parse(query.to)
  const from = query.from === undefined ? to - DAY_MS : Date.parse(query.from)
  if (from > to) throw app.httpErrors.badRequest('The query parameter from must not be after to')
  return { from, to }
}
