import type { ErrorObject } from 'ajv'
import type { FastifySchemaValidationError } from 'fastify'
import { lengthFault, TEXT_RULES, type TextRule } from './text-rules.ts'

type Fault = ErrorObject | FastifySchemaValidationError

/** A time whose offset had a plus sign, before a query string was made of it that has a blank there. */
const LOST_PLUS = /T[\d:.]+ \d\d:?\d\d$/i

const integers = new Intl.NumberFormat('en')

/** What a body or an item is made of, as people call it. */
const KINDS: Record<string, string> = {
  object: 'a JSON object',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
}

/** The rule that a text breaks; undefined where the fault is of another kind. */
function brokenRule(fault: Fault): TextRule | undefined {
  if (fault.keyword !== 'x-text' || !('schema' in fault)) return undefined
  return fault.schema === 'name' ? 'name' : 'text'
}

const dataOf = (fault: Fault) => ('data' in fault ? String(fault.data) : '')

/** The thing at fault: `The name`, `The body`, `"items[3].name"`. */
function subjectOf(part: string, instancePath: string): string {
  const [first, ...rest] = instancePath.split('/').slice(1)
  if (first === undefined) return `The ${part}`
  if (rest.length === 0) return `The ${first}`
  const path = rest.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`))
  return `"${first}${path.join('')}"`
}

/** Describes a fault of something a person may have written: a product, or what holds several. */
function describeContent(fault: Fault, part: string): string {
  const { keyword, params, message } = fault
  const subject = subjectOf(part, fault.instancePath)
  const rule = brokenRule(fault)
  const limit = Number(params.limit)
  if (rule) return TEXT_RULES[rule](dataOf(fault), subject) ?? `${subject} ${message}`
  if (keyword === 'required') {
    const missing = String(params.missingProperty)
    const advice = missing === 'name' ? 'Give the product a name' : `${subject} is not complete`
    return `${advice}: the property "${missing}" is missing`
  }
  if (keyword === 'additionalProperties') {
    return `${subject} has the unknown property '${params.additionalProperty}'`
  }
  if (keyword === 'type') return `${subject} must be ${KINDS[String(params.type)] ?? params.type}`
  if (keyword === 'maxLength') {
    return lengthFault(dataOf(fault), limit, subject) ?? `${subject} ${message}`
  }
  if (keyword === 'minProperties') return `${subject} must name something to change`
  if (keyword === 'minItems') return `${subject} must have at least ${integers.format(limit)} entry`
  if (keyword === 'maxItems')
    return `${subject} must have at most ${integers.format(limit)} entries`
  return `${subject} ${message}`
}

/** Describes a fault of a parameter or a header, with its place before it. */
function describeParameter(fault: Fault, part: string): string {
  const { keyword, params } = fault
  const place = part + fault.instancePath
  const rule = brokenRule(fault)
  const broken = rule && TEXT_RULES[rule](dataOf(fault), place)
  if (broken !== undefined) return broken
  if (keyword === 'additionalProperties') {
    return `${place} has the unknown property '${params.additionalProperty}'`
  }
  if (keyword === 'format' && params.format === 'date-time') {
    if (LOST_PLUS.test(dataOf(fault))) {
      return (
        `${place} has a blank where the + of its offset was: in a URL a + stands for a blank, so ` +
        'write %2B for it, or give the time in UTC with a Z'
      )
    }
    return `${place} must be an RFC 3339 time since 1970, such as 2026-11-22T08:00:00Z`
  }
  const values = keyword === 'enum' ? `: ${[params.allowedValues].flat().join(', ')}` : ''
  return `${place} ${fault.message}${values}`
}

/** What is wrong and where, in words. `part` is the part of a request, or an `item` of its body. */
export function describe(fault: Fault, part: string): string {
  return part === 'body' || part === 'item'
    ? describeContent(fault, part)
    : describeParameter(fault, part)
}
