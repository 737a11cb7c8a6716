import type { ErrorObject } from 'ajv'
import type { FastifySchemaValidationError } from 'fastify'
import { repeatedTag } from './tag-rules.ts'
import { lengthFault, TEXT_RULES } from './text-rules.ts'

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

/** The value at fault, as text. */
export const dataOf = (fault: ValidationFault) => ('data' in fault ? String(fault.data) : '')

/** Lists the names that an object may have, for the message about an unknown one; `one` and `many` say what they name. */
export function knownNames(fault: ValidationFault, one: string, many: string): string {
  const schema = 'parentSchema' in fault ? fault.parentSchema : undefined
  const names = Object.keys(schema?.properties ?? {})
  if (names.length === 0) return `there are no ${many}`
  return names.length === 1 ? `the only ${one} is ${names}` : `the ${many} are ${names.join(', ')}`
}

/** Describes a fault that bodies and parameters have in common; undefined for any other. */
export function describeValue(fault: ValidationFault, subject: string): string | undefined {
  const { keyword, params } = fault
  if (keyword === 'x-text' && 'schema' in fault) {
    const rule = Object.entries(TEXT_RULES).find(([name]) => name === fault.schema)
    return rule?.[1](dataOf(fault), subject)
  }
  if (keyword === 'x-tags' && 'data' in fault && Array.isArray(fault.data)) {
    return `${subject} must differ from each other: "${repeatedTag(fault.data)}" is there twice`
  }
  if (keyword === 'maxLength') return lengthFault(dataOf(fault), Number(params.limit), subject)
  if (keyword === 'enum') {
    return `${subject} must be one of ${[params.allowedValues].flat().join(', ')}`
  }
  return undefined
}
