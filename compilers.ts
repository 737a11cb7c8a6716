import type { FastifyServerOptions } from 'fastify'

/**
 * What Fastify makes the compilers of schemas with, instead of its own, whose code it would load all the
 * same, 4 MB of it.
 *
 * The JSON of answers is made by V8's own `JSON.stringify`, in a third to a half of the time of a
 * serialiser that is compiled from the schema of the answer. Nothing is filtered by that: what a handler
 * gives is what its schema says, by its type, and the tests hold every operation to it.
 *
 * What is taken is checked by `plugins/validation.ts`; a route without it would be one without checks.
 */
export const compilersFactory: NonNullable<
  FastifyServerOptions['schemaController']
>['compilersFactory'] = {
  buildSerializer: () => () => JSON.stringify,
  buildValidator: () => () => {
    throw new Error('plugins/validation.ts is registered too late')
  },
}
