import type { ErrorObject } from 'ajv'
import type { FastifySchemaValidationError } from 'fastify'
import { repeatedTag, tagChangeFault } from './tag-rules.ts'
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
  const names = Object.keys(Object(schemaOf(fault).properties))
  if (names.length === 0) return `there are no ${many}`
  return names.length === 1 ? `the only ${one} is ${names}` : `the ${many} are ${names.join(', ')}`
}

/** The schema that the value breaks; empty if the fault does not carry it. */
export const schemaOf = (fault: ValidationFault): Record<string, unknown> =>
  'parentSchema' in fault ? Object(fault.parentSchema) : {}

/** Describes a fault of a size, or of a text; undefined for any other. */
function describeSize(fault: ValidationFault, subject: string): string | undefined {
  const { keyword, params } = fault
  switch (keyword) {
    case 'minimum':
      return `${subject} must be at least ${params.limit}`
    case 'exclusiveMinimum':
      return `${subject} must be more than ${params.limit}`
    case 'maximum':
      return `${subject} must be at most ${params.limit}`
    case 'minLength':
      return params.limit === 1 ? `${subject} must not be empty` : undefined
    case 'maxLength':
      return lengthFault(dataOf(fault), Number(params.limit), subject)
    default:
      return undefined
  }
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
  if (keyword === 'x-tag-changes' && 'data' in fault) {
    return `${subject} ${tagChangeFault(Object(fault.data))}`
  }
  if (keyword === 'uniqueItems' && 'data' in fault && Array.isArray(fault.data)) {
    return `${subject} must differ from each other: "${fault.data[Number(params.i)]}" is there twice`
  }
  if (keyword === 'pattern') {
    const { 'x-pattern': what } = schemaOf(fault)
    return what === undefined ? undefined : `${subject} must ${what}`
  }
  if (keyword === 'enum') {
    return `${subject} must be one of ${[params.allowedValues].flat().join(', ')}`
  }
  return describeSize(fault, subject)
}
