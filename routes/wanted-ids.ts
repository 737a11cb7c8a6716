import type { FastifyRequest } from 'fastify'
import { ProductId } from '../schemas/product.ts'

const MAX_IDS = 200

/**
 * The ids of the query parameter `ids`, each once. Throws a 400 if one of them is not an id, if there are too many, or
 * if there are other parameters.
 */
export function wantedIds({ server, url }: FastifyRequest, text: string): string[] {
  const { httpErrors } = server
  const names = new Set(new URLSearchParams(url.replace(/^[^?]*/, '')).keys())
  if (names.size > 1) {
    throw httpErrors.badRequest('The query parameter ids cannot be combined with other parameters')
  }
  const ids = text.split(',')
  const faultsOf = server.compileSchema(ProductId)
  const wrong = ids.find((id) => faultsOf(id).length > 0)
  if (wrong !== undefined || ids.length > MAX_IDS) {
    const what =
      wrong === undefined ? `it has ${ids.length}` : `${JSON.stringify(wrong)} is not one`
    throw httpErrors.badRequest(
      `The query parameter ids must be 1 to ${MAX_IDS} product ids, separated by commas: ${what}`,
    )
  }
  return [...new Set(ids.map((id) => id.toLowerCase()))]
}
