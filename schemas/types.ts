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
 * `schema` or null, as a JSON Schema type array: the serialiser compiles that to a test for null,
 * where `anyOf` would make it validate every value.
 */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Unsafe<Static<T> | null>({
    ...schema,
    type: [schema.type, 'null'],
    ...(schema.enum && { enum: [...schema.enum, null] }),
  })
}

/** An answer that is streamed, with the schema by which the OpenAPI document describes it. */
export function streamed(schema: TSchema) {
  return Type.Unsafe<Readable>(schema)
}

/** A moment in the API: RFC 3339 in UTC with milliseconds. */
export function time(description: string) {
  return Type.String({
    format: 'date-time',
    description,
    examples: ['2026-11-22T08:00:00.000Z'],
  })
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
