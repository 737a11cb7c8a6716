import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { TSchema } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import type { BatchItemResult } from '../db/store.ts'
import { validator } from '../plugins/validation.ts'
import { BatchResult, NewProducts, UncheckedProducts } from '../schemas/batch.ts'
import { describeAll } from '../schemas/describe.ts'
import { type ApiError, errors } from '../schemas/error.ts'
import { idempotencyKey, noQuery } from '../schemas/http.ts'
import { NewProduct, trimmed } from '../schemas/product.ts'
import { ref } from '../schemas/types.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'

/** Makes a function that tells why an item is refused; it returns undefined for one that fits the schema. */
export function refusalBy(app: FastifyInstance, schema: TSchema = ref(NewProduct)) {
  const faultsOf = app.compileSchema(schema)
  return (item: unknown): ApiError | undefined => {
    const faults = faultsOf(item)
    if (faults.length === 0) return undefined
    const message = describeAll(faults, 'item')
    return { statusCode: 400, code: 'FST_ERR_VALIDATION', error: 'Bad Request', message }
  }
}

/** Puts the results of the valid items between the refusals of the others, in the order sent. */
export function byIndex<Result extends object>(
  refusals: (ApiError | undefined)[],
  results: Result[],
) {
  const rest = results.values()
  const items = refusals.map((error, index) => {
    return { index, ...(error ? { error } : rest.next().value) }
  })
  return { items }
}

/** The creation of many products at once. */
const productsBatch: FastifyPluginAsyncTypebox = async (app) => {
  const refusal = refusalBy(app)

  /** An answer that can be repeated does not depend on whether calls to the Offers service pause just then. */
  function entryOf(
    result: BatchItemResult,
    isRepeatable: boolean,
  ): Omit<BatchResult['items'][number], 'index'> {
    if (result.status !== 'refused') {
      const { status, product } = result
      return { status, product: isRepeatable ? product : app.withPause(product) }
    }
    const { code, message } = result.error
    return { error: { statusCode: 409, code, error: 'Conflict', message } }
  }

  app.post(
    '',
    {
      bodyLimit: 16 * 1024 * 1024, // 1,000 descriptions of 10,000 ASCII characters fit.
      schema: {
        operationId: 'createProducts',
        summary: 'Create up to 1,000 products',
        description:
          'Creates all valid items in one transaction. Invalid items are reported and do not ' +
          'prevent the creation of the others. With `on_conflict`, an item whose `external_id` already ' +
          'belongs to a product is skipped, or updates that product.',
        tags: ['Products'],
        querystring: noQuery,
        headers: idempotencyKey,
        body: ref(NewProducts),
        response: {
          200: { ...ref(BatchResult), description: 'The result of each item' },
          ...errors(400, 401, 403, 409, 413, 415, 422),
        },
      },
      // The handler checks the items one by one, so that an invalid one does not fail the whole batch.
      validatorCompiler: ({ httpPart, schema }) =>
        validator(app.compileSchema(httpPart === 'body' ? UncheckedProducts : schema)),
    },
    async (request) => {
      const refusals = request.body.items.map(refusal)
      const valid = request.body.items.filter((_, index) => !refusals[index])
      const { on_conflict: onConflict } = request.body
      const once = idempotencyKeyOf(request)
      // With a key, a batch without valid items is kept as well, so that no other request gets its key.
      const results =
        valid.length > 0 || once
          ? await app.store.createProducts(valid.map(trimmed), onConflict, once)
          : []
      const entries = results.map((result) => entryOf(result, once !== undefined))
      return byIndex(refusals, entries)
    },
  )
}
export default productsBatch
