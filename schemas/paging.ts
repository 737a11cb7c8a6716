import { Type } from '@sinclair/typebox'

/** The query parameter for the length of a page. */
export const pageLimit = Type.Integer({
  minimum: 1,
  maximum: 200,
  default: 50,
  description: 'The maximum number of items',
  examples: [20],
})

/** The query parameter for the place at which a page begins. */
export const pageCursor = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description }))
