import type { FastifyReply } from 'fastify'
import type { StoredProduct } from '../db/store.ts'
import { tagged } from '../schemas/http.ts'
import { Product } from '../schemas/product.ts'
import { ref } from '../schemas/types.ts'

/** The product as the store has it; the `ETag` begins with its version, which `If-Match` compares. */
function answerStored(reply: FastifyReply, { version, ...product }: StoredProduct): Product {
  reply.version = version
  return product
}

/** The body of an answer with one product. */
export function answerProduct(reply: FastifyReply, product: StoredProduct): Product {
  return reply.server.withPause(answerStored(reply, product))
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

/**
 * Answers with a product that was just created. `products` is the path of all products. An answer that can be repeated
 * does not depend on whether calls to the Offers service pause just then.
 */
export function answerCreated(
  reply: FastifyReply,
  products: string,
  product: StoredProduct,
  isRepeatable = false,
): Product {
  reply.code(201).header('location', `${products}/${product.id}`)
  return isRepeatable ? answerStored(reply, product) : answerProduct(reply, product)
}
