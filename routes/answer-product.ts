import type { FastifyReply } from 'fastify'
import type { StoredProduct } from '../db/store.ts'
import type { Product } from '../schemas/product.ts'

/** The body of an answer with one product; its `ETag` begins with the version, which `If-Match` compares. */
export function answerProduct(
  reply: FastifyReply,
  { version, ...product }: StoredProduct,
): Product {
  reply.version = version
  return reply.server.withPause(product)
}
