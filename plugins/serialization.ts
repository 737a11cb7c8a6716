import fastJson, { type Schema } from 'fast-json-stringify'
import fp from 'fastify-plugin'

/**
 * A compiler that compiles schemas that read the same only once. Most routes share what they take and
 * how they fail; to compile that for each of them is half of the work that a start takes.
 */
export function oncePerSchema<S extends object, T>(compile: (schema: S) => T): (schema: S) => T {
  const compiled = new Map<string, T>()
  return (schema) => {
    const text = JSON.stringify(schema)
    const known = compiled.get(text) ?? compile(schema)
    compiled.set(text, known)
    return known
  }
}

/** Compiles the serialisers of answers, with Fastify's own compiler. */
export default fp(
  async (app) => {
    const compile = oncePerSchema((schema: Schema) =>
      fastJson(schema, { schema: app.getSchemas() as Record<string, Schema> }),
    )
    app.setSerializerCompiler<Schema>(({ schema }) => compile(schema))
  },
  { name: 'serialization' },
)
