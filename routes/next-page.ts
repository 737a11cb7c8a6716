import type { FastifyReply, FastifyRequest } from 'fastify'

/** The items of a page, of which one more than `limit` were asked for; `last` is the last one if another page follows. */
export function pageOf<Item>(found: Item[], limit: number): { items: Item[]; last?: Item } {
  const items = found.slice(0, limit)
  return { items, last: found.length > limit ? items.at(-1) : undefined }
}

/** Adds the `Link` header to a page that is followed by another one. */
export function linkNext(
  request: FastifyRequest,
  reply: FastifyReply,
  cursor: string | null,
): void {
  if (cursor === null) return
  const path = request.url.replace(/\?.*/s, '')
  const next = new URLSearchParams(request.url.slice(path.length))
  next.set('cursor', cursor)
  reply.header('link', `<${path}?${next}>; rel="next"`)
}
