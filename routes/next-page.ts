import type { FastifyReply, FastifyRequest } from 'fastify'

/** The `Link` header of a page that is followed by another one; undefined without a cursor. */
export function linkTo(request: FastifyRequest, cursor: string | null): string | undefined {
  if (cursor === null) return undefined
  const path = request.url.replace(/\?.*/s, '')
  const next = new URLSearchParams(request.url.slice(path.length))
  next.set('cursor', cursor)
  return `<${path}?${next}>; rel="next"`
}

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
  const link = linkTo(request, cursor)
  if (link !== undefined) reply.header('link', link)
}
