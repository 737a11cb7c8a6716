import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ExternalIdTaken, type ProductNotFound, TooManyTags } from '../db/errors.ts'
import { validator } from '../plugins/validation.ts'
import {
  BatchResult,
  DeletionResult,
  ProductChanges,
  ProductIds,
  UncheckedChanges,
  UncheckedIds,
} from '../schemas/batch.ts'
import { type ApiError, errors } from '../schemas/error.ts'
import { noQuery } from '../schemas/http.ts'
import { ProductChange, ProductId, trimmed } from '../schemas/product.ts'
import { ref } from '../schemas/types.ts'
import { byIndex, refusalBy } from './products-batch.ts'

function errorOf(error: ExternalIdTaken | ProductNotFound | TooManyTags): ApiError {
  const { code, message } = error
  if (error instanceof ExternalIdTaken) return { statusCode: 409, code, error: 'Conflict', message }
  return error instanceof TooManyTags
    ? { statusCode: 400, code, error: 'Bad Request', message }
    : { statusCode: 404, code, error: 'Not Found', message }
}

/** Changes and deletions of many products at once. */
const productsBatchChanges: FastifyPluginAsyncTypebox = async (app) => {
  const changeRefusal = refusalBy(app, ref(ProductChange))
  const idRefusal = refusalBy(app, ProductId)
  const description =
    ' Invalid items and unknown products are reported, and do not prevent the others.'

  app.post(
    '/update',
    {
      bodyLimit: 16 * 1024 * 1024, // As for creations.
      schema: {
        operationId: 'updateProducts',
        summary: 'Change up to 1,000 products',
        description: `Applies all valid changes in one transaction, in the order sent. Tag many products with \`add_tags\` and \`remove_tags\`.${description}`,
        tags: ['Products'],
        querystring: noQuery,
        body: ref(ProductChanges),
        response: {
          200: { ...ref(BatchResult), description: 'The result of each change' },
          ...errors(400, 401, 403, 413, 415),
        },
      },
      validatorCompiler: ({ httpPart, schema }) =>
        validator(app.compileSchema(httpPart === 'body' ? UncheckedChanges : schema)),
    },
    async (request) => {
      const { items } = request.body
      const refusals = items.map(changeRefusal)
      const changes = items
        .filter((_, index) => !refusals[index])
        .map(({ id, ...patch }) => ({ id: id.toLowerCase(), patch: trimmed(patch) }))
      const results = changes.length > 0 ? await app.store.updateProducts(changes) : []
      const entries = results.map((result) =>
        result.status === 'refused'
          ? { error: errorOf(result.error) }
          : { status: result.status, product: app.withPause(result.product) },
      )
      return byIndex(refusals, entries)
    },
  )

  app.post(
    '/delete',
    {
      schema: {
        operationId: 'deleteProducts',
        summary: 'Delete up to 1,000 products',
        description: `Removes products with their offers, history and alerts, in one transaction.${description}`,
        tags: ['Products'],
        querystring: noQuery,
        body: ref(ProductIds),
        response: {
          200: { ...ref(DeletionResult), description: 'The result of each deletion' },
          ...errors(400, 401, 403, 413, 415),
        },
      },
      validatorCompiler: ({ httpPart, schema }) =>
        validator(app.compileSchema(httpPart === 'body' ? UncheckedIds : schema)),
    },
    async (request) => {
      const { ids } = request.body
      const refusals = ids.map(idRefusal)
      const valid = ids.filter((_, index) => !refusals[index]).map((id) => id.toLowerCase())
      const results = valid.length > 0 ? await app.store.deleteProducts(valid) : []
      const entries = results.map((result) =>
        result.status === 'refused' ? { error: errorOf(result.error) } : result,
      )
      return byIndex(refusals, entries)
    },
  )
}
export default productsBatchChanges
