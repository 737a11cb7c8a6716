import { EXAMPLE_PRODUCT } from './example.ts'
import { dataOf, describeValue, KINDS, knownNames, type ValidationFault } from './fault.ts'

/** What people call a value in each part of a request, by Fastify's name for the part. */
const PARAMETERS: Record<string, string> = {
  params: 'path parameter',
  querystring: 'query parameter',
  headers: 'header',
}

/** An RFC 3339 time whose plus sign was sent unencoded, so that it was decoded as a space. */
const LOST_PLUS = /T[\d:.]+ \d\d:?\d\d$/i

const EXAMPLE_TIME = '2026-11-22T08:00:00Z'

function describeUnknown(fault: ValidationFault, parameter: string): string {
  const known = knownNames(fault, parameter, `${parameter}s`)
  return `Unknown ${parameter} '${fault.params.additionalProperty}': ${known}`
}

/** Says which format a value should have. */
export function describeFormat(fault: ValidationFault): string {
  if (fault.params.format === 'uuid') return `must be a UUID, such as ${EXAMPLE_PRODUCT.id}`
  if (!LOST_PLUS.test(dataOf(fault))) {
    return `must be an RFC 3339 time since 1970, such as ${EXAMPLE_TIME}`
  }
  return (
    'has a space where the + of its offset should be, because + means a space in a URL: ' +
    'write %2B, or give the time in UTC with Z'
  )
}

function describeType(fault: ValidationFault): string {
  if ('data' in fault && Array.isArray(fault.data)) return 'must be given only once'
  return `must be ${KINDS[String(fault.params.type)]}`
}

/** Describes a fault of a path parameter, a query parameter or a header. */
export function describeParameter(fault: ValidationFault, part: string): string {
  const { keyword, params } = fault
  const parameter = PARAMETERS[part] ?? part
  if (keyword === 'additionalProperties') return describeUnknown(fault, parameter)

  const [, name] = fault.instancePath.split('/') // One that is repeated has the number of the value after it.
  const subject = `The ${parameter} ${name}`
  const described = describeValue(fault, subject)
  if (described !== undefined) return described
  if (keyword === 'type') return `${subject} ${describeType(fault)}`
  if (keyword === 'format') return `${subject} ${describeFormat(fault)}`
  if (keyword === 'maxItems') return `${subject} must be given at most ${params.limit} times`
  return `${subject} ${fault.message}`
}
