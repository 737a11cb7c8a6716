import type { Readable } from 'node:stream'
import { type Static, type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox'

/**
 * A reference to a schema that `plugins/openapi.ts` registers under its `$id`, so that the OpenAPI
 * document names it once and generated clients get one type for it.
 */
export function ref<T extends TSchema>(schema: T) {
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` })
}

/** The same for an answer that a handler returns as an object or as JSON. */
export function refOrText<T extends TSchema>(schema: T) {
  return Type.Unsafe<Static<T> | string>(ref(schema))
}

/**
 * `schema` or null. For an enumeration, null is an alternative schema, because client generators treat every
 * value of an `enum` as a string. Otherwise it is a second type, which they handle best.
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
 * An answer that is streamed as text. Client generators see a string; `contentSchema` describes its parts as
 * an array, as OpenAPI 3.2 does.
 */
export function streamed(content: {
  contentMediaType: string
  contentSchema?: TSchema
  description: string
  examples: string[]
}) {
  return Type.Unsafe<Readable>({ type: 'string', ...content })
}

/** An example of a window's start: a year before the default example, so that it is in the past. */
export const EARLY = '2025-11-22T08:00:00.000Z'

/** A time in the API: RFC 3339 in UTC with milliseconds. */
export function time(description: string, example = '2026-11-22T08:00:00.000Z') {
  return Type.String({ format: 'date-time', description, examples: [example] })
}

/**
 * A query string. Clients may omit any parameter; those that TypeBox does not mark as optional have a
 * default, so handlers always find them.
 */
export function query<T extends TProperties>(properties: T) {
  return Type.Unsafe<Static<TObject<T>>>({
    type: 'object',
    properties,
    additionalProperties: false,
  })
}
