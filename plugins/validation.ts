import { isUtf8 } from 'node:buffer'
import { createRequire } from 'node:module'
import type { Ajv, ErrorObject } from 'ajv'
import fp from 'fastify-plugin'
import { describe } from '../schemas/describe.ts'
import { NewProduct, ProductPatch } from '../schemas/product.ts'
import { TEXT_RULES, type TextRule } from '../schemas/text-rules.ts'

const require = createRequire(import.meta.url)

/** What `toValue` has to know of a JSON Schema. */
interface ObjectSchema {
  properties?: Record<string, { type?: string; format?: string }>
}

/**
 * The value that the text of a path parameter, query parameter or header stands for. Ajv's own coercion
 * takes `0x10` and ` 5 ` for integers; here only plain decimals, `true` and `false` count, and all else
 * stays text, for the schema to refuse. UUIDs are the same in capitals.
 *
 * Every integer in a schema has a `maximum` that JavaScript counts exactly, so a larger one is refused
 * for its size, whatever it was rounded to.
 */
function toValue({ type, format }: { type?: string; format?: string }, text: unknown): unknown {
  if (typeof text !== 'string') return text
  if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return format === 'uuid' ? text.toLowerCase() : text
}

function toValues(schema: ObjectSchema, texts: Record<string, unknown>): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null) // `__proto__` is a name like any other.
  for (const name in texts) values[name] = toValue(schema.properties?.[name] ?? {}, texts[name])
  return values
}

/** Whether a header is read as anything but text; most routes have none, and leave them as they came. */
function hasIntegers({ properties = {} }: ObjectSchema): boolean {
  return Object.values(properties).some(({ type }) => type === 'integer')
}

/** Whether every `%` of a URL's query begins the code of a character in UTF-8. */
function isEncoded(url: string): boolean {
  try {
    decodeURIComponent(url.slice(url.indexOf('?') + 1))
    return true
  } catch {
    return false
  }
}

/** Gives what is wrong with a value; nothing where it is good. */
export type Check = (value: unknown) => ErrorObject[]

/** Makes a value when it is first wanted. */
function lazy<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/**
 * A compiler that compiles schemas that read the same only once: most routes share what they take, and to
 * compile that for each of them is much of the work of their first requests.
 */
function oncePerSchema<S extends object, T>(compile: (schema: S) => T): (schema: S) => T {
  const compiled = new Map<string, T>()
  return (schema) => {
    const text = JSON.stringify(schema)
    const known = compiled.get(text) ?? compile(schema)
    compiled.set(text, known)
    return known
  }
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

const LAST_MOMENT = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** RFC 9562, section 4: either case is good input. ajv-formats would take `urn:uuid:` before it. */
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** Ajv with the rules by which requests are checked. What it is made of is loaded no sooner. */
function buildAjv(): Ajv {
  const { Ajv }: typeof import('ajv') = require('ajv')
  const { default: addFormats }: typeof import('ajv-formats') = require('ajv-formats')
  const dateTime = addFormats.default.get('date-time') as { validate: (text: string) => boolean }

  /**
   * Whether a text is a time by RFC 3339, from 1970 to the last one that can be written so in UTC. Leap
   * seconds are none, for to JavaScript they are no moment.
   */
  function isMoment(text: string): boolean {
    if (!RFC_3339.test(text) || !dateTime.validate(text)) return false
    const ms = Date.parse(text)
    return ms >= 0 && ms <= LAST_MOMENT
  }

  const ajv = new Ajv({
    coerceTypes: false,
    removeAdditional: false,
    useDefaults: true,
    verbose: true, // An error has the value, which can explain it.
    meta: false, // The tests hold the schemas to it; here it would be most of the work.
    validateSchema: false,
  })
  addFormats.default(ajv)
  ajv.addFormat('uuid', UUID)
  ajv.addFormat('date-time', isMoment)
  ajv.addVocabulary(['example'])
  ajv.addKeyword({
    keyword: 'x-text',
    type: 'string',
    before: 'minLength', // And so before `pattern`, which has no words for people.
    validate: (rule: TextRule, text: string) => TEXT_RULES[rule](text, '') === undefined,
  })
  for (const schema of [NewProduct, ProductPatch]) ajv.addSchema(schema)
  return ajv
}

/** A check as Fastify takes it. */
export function validator(check: Check) {
  return (value: unknown) => {
    const faults = check(value)
    return faults.length === 0 || { error: faults }
  }
}

/**
 * Bad input is refused, never repaired: values are not turned into other types, unknown properties
 * are not dropped, and bytes that are not UTF-8 are not replaced.
 */
export default fp(
  async (app) => {
    // A start does not wait for this, nor keep what no request asks for.
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
    app.setSchemaErrorFormatter(
      (errors, part) => new Error(errors.map((error) => describe(error, part)).join('; ')),
    )

    // The parser of query strings leaves what it can't decode as it is.
    app.addHook('preValidation', (request, _reply, done) => {
      if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
        return done(app.httpErrors.badRequest('The header host is missing')) // RFC 9112, section 3.2
      }
      const encoded =
        !request.url.includes('%') || // To ask a request for its route costs more than this.
        !request.routeOptions.schema?.querystring ||
        isEncoded(request.url)
      if (encoded) done()
      else done(app.httpErrors.badRequest('The query string is not valid percent-encoded UTF-8'))
    })

    // `__proto__` is an unknown property like any other, and the schemas refuse those.
    const parseJson = app.getDefaultJsonParser('ignore', 'ignore')
    app.removeContentTypeParser(['application/json', 'text/plain'])
    app.addContentTypeParser<Buffer>(
      /^application\/json(\s*;\s*charset="?utf-8"?)?\s*$/i,
      { parseAs: 'buffer' },
      (request, body, done) => {
        if (body.length === 0) return done(null) // A client may always send the header.
        if (!isUtf8(body)) return done(app.httpErrors.badRequest('The body is not valid UTF-8'))
        parseJson(request, body.toString(), done)
      },
    )
  },
  { name: 'validation', dependencies: ['@fastify/sensible'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes the check of a schema, with the rules by which requests are checked. */
    compileSchema(schema: object): Check
  }
}
