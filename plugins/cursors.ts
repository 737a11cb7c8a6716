import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import fp from 'fastify-plugin'
import type { Position } from '../db/store.ts'

const MAC_BYTES = 16

/** A position in a list, with the total of the list if its first page counted it. */
type Place = Position & { total?: number }

/** Converts positions in lists to opaque cursors and back. */
interface Cursors {
  /** Makes a cursor for a position in a list; `scope` describes the list's sort and filters. */
  sign(scope: string, place: Place): string
  /** The position that a cursor stands for. Throws a 400 for a cursor that `sign` did not make for this scope. */
  verify(scope: string, cursor: string): Place
}

/**
 * Decorates `app.cursors`. A cursor consists of a position and an HMAC-SHA-256, truncated to 128 bits, over the scope
 * and the position. So a forged cursor, or one of another list, is refused.
 */
export default fp(
  async (app) => {
    const secret = await app.store.secret('cursors').catch((err: unknown) => {
      app.log.error(
        { err },
        'could not read the cursor secret; cursors from before this start are refused',
      )
      return randomBytes(32)
    })
    const mac = (scope: string, place: Buffer) =>
      createHmac('sha256', secret)
        .update(`${scope}\0`)
        .update(place)
        .digest()
        .subarray(0, MAC_BYTES)

    app.decorate('cursors', {
      sign(scope, { sortKey, key, total }) {
        const parts = total === undefined ? [sortKey, key] : [sortKey, key, total]
        const place = Buffer.from(JSON.stringify(parts))
        return Buffer.concat([mac(scope, place), place]).toString('base64url')
      },
      verify(scope, cursor) {
        const bytes = Buffer.from(cursor, 'base64url')
        const [given, place] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES)]
        // Decoding skips characters that are not base64url, so other texts would decode to the same bytes.
        const canonical = bytes.toString('base64url') === cursor && given.length === MAC_BYTES
        if (!canonical || !timingSafeEqual(given, mac(scope, place))) {
          throw app.httpErrors.badRequest(
            'The query parameter cursor must be the next_cursor of a page with the same sort and filters',
          )
        }
        const parts: [Place['sortKey'], number, number?] = JSON.parse(place.toString())
        const [sortKey, key, total] = parts
        return { sortKey, key, ...(total !== undefined && { total }) }
      },
    })
  },
  { name: 'cursors', dependencies: ['store', '@fastify/sensible'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    cursors: Cursors
  }
}
