import type { FastifyReply } from 'fastify'
import type { StoredProduct } from '../db/store.ts'
import { tagged } from '../schemas/http.ts'
import { Product } from '../schemas/product.ts'
import { ref } from '../schemas/types.ts'

/** The body of an answer with one product; its `ETag` begins with the version, which `If-Match` compares. */
export function answerProduct(
  reply: FastifyReply,
  { version, ...product }: StoredProduct,
): Product {
  reply.version = version
  return reply.server.withPause(product)
}

/** The schema of the answer with a product that was just created. */
export const createdProduct = {
  ...ref(Product),
  description: 'The product as it was stored',
  headers: {
    ...tagged,
    Location: { type: 'string', description: 'The path of the product' },
  },
}

/** Answers with a product that was just created. `products` is the path of all products. */
export function answerCreated(
  reply: FastifyReply,
  products: string,
  product: StoredProduct,
): Product {
  reply.code(201).header('location', `${products}/${product.id}`)
  return answerProduct(reply, product)
}
