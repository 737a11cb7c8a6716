import { isUtf8 } from 'node:buffer'
import { Ajv, type ErrorObject } from 'ajv'
import addFormats from 'ajv-formats'
import fp from 'fastify-plugin'
import { lacksHost } from '../http/unrouted.ts'
import { AlertPatch, AlertTrial, NewAlert } from '../schemas/alert.ts'
import { AlertCondition } from '../schemas/alert-condition.ts'
import { describeAll } from '../schemas/describe.ts'
import { KeyedProduct, NewProduct, ProductChange, ProductPatch } from '../schemas/product.ts'
import { repeatedTag, tagChangeFault } from '../schemas/tag-rules.ts'
import { TEXT_RULES, type TextRule } from '../schemas/text-rules.ts'
import { toTime } from '../schemas/to-time.ts'
import { TrendsQuery } from '../schemas/trend.ts'
import { UUID } from '../schemas/uuid.ts'
import { NewWebhook, Replay, WebhookPatch } from '../schemas/webhook.ts'

/** The schemas that the schemas of requests refer to. */
const REFERENCED = [
  ...[NewProduct, KeyedProduct, ProductPatch, ProductChange, TrendsQuery],
  ...[AlertCondition, NewAlert, AlertPatch, AlertTrial],
  ...[NewWebhook, WebhookPatch, Replay],
]

/** The parts of a JSON Schema that `toValue` uses. */
interface ObjectSchema {
  properties?: Record<string, { type?: string; format?: string }>
}

/** A number as JSON writes it, also with zeros before it. */
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i

/**
 * Converts the text of a path parameter, query parameter or header to its value. Ajv's own coercion accepts
 * `0x10` and ` 5 ` as integers; here only plain decimals, `true` and `false` are converted, and any other text
 * is left for the schema to refuse. UUIDs are case-insensitive.
 *
 * Every integer in a schema has a `maximum` that JavaScript represents exactly, so larger numbers are refused
 * even if `Number` rounds them.
 */
function toValue({ type, format }: { type?: string; format?: string }, text: unknown): unknown {
  if (type === 'array') return [text].flat() // A parameter that can be repeated, and was given once or more.
  if (typeof text !== 'string') return text
  if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text)
  if (type === 'number' && NUMBER.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return format === 'uuid' ? text.toLowerCase() : text
}

/** Values by name. Without a prototype, `__proto__` is a name like any other; V8 makes `Object.create(null)` slow to use. */
class Values {
  [name: string]: unknown
}
Object.setPrototypeOf(Values.prototype, null)

function toValues(schema: ObjectSchema, texts: Record<string, unknown>): Record<string, unknown> {
  const values = new Values()
  for (const name in texts) values[name] = toValue(schema.properties?.[name] ?? {}, texts[name])
  return values
}

/** Whether any header is an integer. The headers of most routes are all text and need no conversion. */
function hasIntegers({ properties = {} }: ObjectSchema): boolean {
  return Object.values(properties).some(({ type }) => type === 'integer')
}

/** Whether a URL's query is valid percent-encoded UTF-8. */
function isEncoded(url: string): boolean {
  try {
    decodeURIComponent(url.slice(url.indexOf('?') + 1))
    return true
  } catch {
    return false
  }
}

/** Whether a body says something. Some clients send `null` or `{}` with every request. */
function saysSomething(body: unknown): boolean {
  if (typeof body !== 'object') return body !== undefined
  return body !== null && (Array.isArray(body) || Object.keys(body).length > 0)
}

/** Returns the faults of a value; none if it is valid. */
export type Check = (value: unknown) => ErrorObject[]

/** Makes a value on first use, and keeps it. */
function lazy<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/**
 * A compiler that compiles equal schemas only once. Most routes share their schemas, and compiling them for
 * each route is much of the work of its first request.
 */
function oncePerSchema<S extends object, T>(compile: (schema: S) => T): (schema: S) => T {
  const compiled = new Map<string, T>()
  return (schema) => {
    const text = JSON.stringify(schema)
    const result = compiled.get(text) ?? compile(schema)
    compiled.set(text, result)
    return result
  }
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

const LAST_MOMENT = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** Builds Ajv with the rules for requests. */
function buildAjv(): Ajv {
  const dateTime = addFormats.default.get('date-time') as { validate: (text: string) => boolean }

  /**
   * Whether a text is an RFC 3339 time from 1970 to the end of the year 9999 in UTC. Leap seconds are refused,
   * because JavaScript cannot represent them.
   */
  function isMoment(text: string): boolean {
    const ms = Date.parse(text)
    if (!(ms >= 0 && ms <= LAST_MOMENT)) return false
    // Most times are written as this service writes them, and those are faster to compare than to take apart.
    return toTime(ms) === text || (RFC_3339.test(text) && dateTime.validate(text))
  }

  const ajv = new Ajv({
    coerceTypes: false,
    removeAdditional: false,
    useDefaults: true,
    verbose: true, // Errors carry the value and its schema, which their messages use.
    meta: false, // Tests check the schemas against the meta-schema; here that would be most of the work.
    validateSchema: false,
  })
  addFormats.default(ajv)
  ajv.addFormat('uuid', UUID)
  ajv.addFormat('date-time', isMoment)
  ajv.addVocabulary(['example', 'x-pattern'])
  ajv.addKeyword({
    keyword: 'x-text',
    type: 'string',
    before: 'minLength', // So that it also precedes `pattern`, whose message would not help people.
    validate: (rule: TextRule, text: string) => TEXT_RULES[rule](text, '') === undefined,
  })
  ajv.addKeyword({
    keyword: 'x-tags',
    type: 'array',
    before: 'uniqueItems', // So that it precedes that, too, and tags that are the same once stored are found.
    validate: (_: true, tags: unknown[]) => repeatedTag(tags) === undefined,
  })
  ajv.addKeyword({
    keyword: 'x-tag-changes',
    type: 'object', // Without `before`, it follows `properties`, so that the tags are lists of texts.
    validate: (_: true, patch: ProductPatch) => tagChangeFault(patch) === undefined,
  })
  for (const schema of REFERENCED) ajv.addSchema(schema)
  return ajv
}

/** Adapts a check to Fastify's validators. */
export function validator(check: Check) {
  return (value: unknown) => {
    const faults = check(value)
    return faults.length === 0 || { error: faults }
  }
}

/**
 * Refuses bad input instead of repairing it: values are not converted to other types, unknown properties are
 * not dropped, and invalid UTF-8 is not replaced.
 */
export default fp(
  async (app) => {
    // Built and compiled on first use, which saves startup time, and memory for schemas that are never used.
    const ajv = lazy(buildAjv)
    const compile = oncePerSchema((schema: object): Check => {
      const compiled = lazy(() => ajv().compile(schema))
      return (value) => {
        const validate = compiled()
        validate(value)
        return validate.errors ?? []
      }
    })
    app.decorate('compileSchema', compile)
    app.setValidatorCompiler<ObjectSchema>(({ schema, httpPart }) => {
      const check = compile(schema)
      if (httpPart === 'body' || (httpPart === 'headers' && !hasIntegers(schema))) {
        return validator(check)
      }
      return (texts: Record<string, unknown>) => {
        const value = toValues(schema, texts)
        const faults = check(value)
        return faults.length === 0 ? { value } : { error: faults }
      }
    })
    app.setSchemaErrorFormatter((errors, part) => new Error(describeAll(errors, part)))

    // The query string parser leaves what it cannot decode unchanged.
    app.addHook('preValidation', (request, _reply, done) => {
      if (lacksHost(request)) return done(app.httpErrors.badRequest('The header host is missing'))
      if (saysSomething(request.body) && !request.routeOptions.schema?.body) {
        return done(app.httpErrors.badRequest('This call takes no body: leave it out'))
      }
      const encoded =
        !request.url.includes('%') || // Cheaper than looking up the request's route.
        !request.routeOptions.schema?.querystring ||
        isEncoded(request.url)
      if (encoded) done()
      else done(app.httpErrors.badRequest('The query string is not valid percent-encoded UTF-8'))
    })

    // The schemas refuse unknown properties, and so `__proto__` too.
    const parseJson = app.getDefaultJsonParser('ignore', 'ignore')
    app.removeContentTypeParser(['application/json', 'text/plain'])
    app.addContentTypeParser<Buffer>(
      /^application\/json(\s*;\s*charset="?utf-8"?)?\s*$/i,
      { parseAs: 'buffer' },
      (request, body, done) => {
        if (body.length === 0) return done(null) // Some clients send the header without a body.
        if (!isUtf8(body)) return done(app.httpErrors.badRequest('The body is not valid UTF-8'))
        parseJson(request, body.toString(), done)
      },
    )
  },
  { name: 'validation', dependencies: ['@fastify/sensible'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    /** Compiles a schema into a check that follows the rules for requests. */
    compileSchema(schema: object): Check
  }
}
