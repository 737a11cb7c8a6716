import type { Readable } from 'node:stream'
import type { Static, TObject, TProperties, TSchema } from '@sinclair/typebox'
import { Type } from '../typebox.ts'

/**
 * A reference to a schema that `plugins/openapi.ts` registers under its `$id`, so that the OpenAPI
 * document names it once and generated clients get one type for it.
 */
export function ref<T extends TSchema>(schema: T) {
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` })
}

/**
 * `schema` or null. With the values of an enumeration, null is an alternative, because generators take all
 * values of an `enum` for strings; otherwise it is a second type, which they understand best.
 */
export function nullable<T extends TSchema>(schema: T) {
  const { description, ...values } = schema
  return Type.Unsafe<Static<T> | null>(
    schema.enum
      ? { description, anyOf: [values, { type: 'null' }] }
      : { ...schema, type: [schema.type, 'null'] },
  )
}

/**
 * An answer that is streamed as text. To generators it is a string; `contentSchema` describes the parts of
 * that string as an array, as OpenAPI 3.2 does it.
 */
export function streamed(content: {
  contentMediaType: string
  contentSchema?: TSchema
  description: string
  examples: string[]
}) {
  return Type.Unsafe<Readable>({ type: 'string', ...content })
}

/** An example of when a window begins: long before the usual one, so that it is over by now. */
export const EARLY = '2025-11-22T08:00:00.000Z'

/** A moment in the API: RFC 3339 in UTC with milliseconds. */
export function time(description: string, example = '2026-11-22T08:00:00.000Z') {
  return Type.String({ format: 'date-time', description, examples: [example] })
}

/**
 * A query string: every parameter may be left out. Those that are not optional in TypeBox's sense
 * have a default, so that they are there when the query is read.
 */
export function query<T extends TProperties>(properties: T) {
  return Type.Unsafe<Static<TObject<T>>>({
    type: 'object',
    properties,
    additionalProperties: false,
  })
}
