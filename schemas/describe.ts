import { describeFormat, describeParameter } from './describe-parameter.ts'
import { describeValue, KINDS, knownNames, schemaOf, type ValidationFault } from './fault.ts'

const integers = new Intl.NumberFormat('en')

/** A step of a JSON pointer (RFC 6901) as it is named. */
const unescaped = (step: string) => step.replaceAll('~1', '/').replaceAll('~0', '~')

/** The thing at fault: `The name`, `The body`, `"items[3].name"`. */
function subjectOf(part: string, instancePath: string): string {
  const [first, ...rest] = instancePath.split('/').slice(1)
  if (first === undefined) return `The ${part}`
  if (rest.length === 0) return `The ${first}`
  const path = rest.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${unescaped(step)}`))
  return `"${first}${path.join('')}"`
}

/** Such a thing within a sentence. */
const lowered = (subject: string) => subject.replace(/^The /, 'the ')

/** What a name is of, by the rule that its text follows. */
const NAMED: Record<string, string> = { name: 'product', 'alert-name': 'alert' }

/** Describes a fault of a body or of one of its items. */
function describeContent(fault: ValidationFault, part: string): string {
  const { keyword, params, message } = fault
  const thing = subjectOf(part, fault.instancePath)
  // Where the name of a property is at fault, the path leads to its object.
  const subject = 'propertyName' in fault ? `A key of ${lowered(thing)}` : thing
  const limit = Number(params.limit)
  const described = describeValue(fault, subject)
  if (described !== undefined) return described
  if (keyword === 'required') {
    const missing = String(params.missingProperty)
    const thing = NAMED[String(Object(schemaOf(fault).properties)[missing]?.['x-text'])]
    const advice = thing ? `Give the ${thing} a name` : `${subject} is not complete`
    return `${advice}: the property "${missing}" is missing`
  }
  if (keyword === 'additionalProperties') {
    const known = knownNames(fault, 'property', 'properties')
    return `${subject} has the unknown property '${params.additionalProperty}': ${known}`
  }
  if (keyword === 'type') {
    const kinds = [params.type].flat().map((type) => KINDS[String(type)])
    return `${subject} must be ${kinds.join(' or ')}`
  }
  if (keyword === 'format') return `${subject} ${describeFormat(fault)}`
  if (keyword === 'maxProperties') return `${subject} must have at most ${limit} keys`
  if (keyword === 'minProperties') return `${subject} must name something to change`
  const entries = `${integers.format(limit)} ${limit === 1 ? 'entry' : 'entries'}`
  if (keyword === 'minItems') return `${subject} must have at least ${entries}`
  if (keyword === 'maxItems') return `${subject} must have at most ${entries}`
  return `${subject} ${message}`
}

/** Says what is wrong and where. `part` is Fastify's name for a part of a request, or `item`. */
export function describe(fault: ValidationFault, part: string): string {
  return part === 'body' || part === 'item'
    ? describeContent(fault, part)
    : describeParameter(fault, part)
}

/** Says all that is wrong. Of a property's name, Ajv also reports that it is wrong, beside what is wrong with it. */
export const describeAll = (faults: readonly ValidationFault[], part: string) =>
  faults
    .filter(({ keyword }) => keyword !== 'propertyNames')
    .map((fault) => describe(fault, part))
    .join('; ')
