import type { ErrorObject } from 'ajv'
import type { FastifySchemaValidationError } from 'fastify'
import type { TextRule } from './text-rules.ts'

/** A validation error. Ajv's own also carry the value and its schema, which Fastify's type leaves out. */
export type ValidationFault = ErrorObject | FastifySchemaValidationError

/** JSON types in everyday words. */
export const KINDS: Record<string, string> = {
  object: 'a JSON object',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
}

const RULES: TextRule[] = ['text', 'name', 'key']

/** The text rule that the value breaks; undefined for any other fault. */
export function brokenRule(fault: ValidationFault): TextRule | undefined {
  if (fault.keyword !== 'x-text' || !('schema' in fault)) return undefined
  return RULES.find((rule) => rule === fault.schema)
}

/** The value at fault, as text. */
export const dataOf = (fault: ValidationFault) => ('data' in fault ? String(fault.data) : '')
