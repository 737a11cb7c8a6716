/** Clients are generated in many languages, so the patterns of the document have to work in all of them. */
import { RE2JS } from 're2js'
import t from 'tap'
import { startApp } from '../helper.ts'
import { NO_UPSTREAM } from './helper.ts'

/** Compiles a pattern into a function that says whether a text matches. Throws if that fails. */
type Engine = (pattern: string) => (text: string) => boolean

const javascript =
  (flags: string): Engine =>
  (pattern) => {
    const expression = new RegExp(pattern, flags)
    return (text) => expression.test(text)
  }

/** Go has RE2; Rust has a syntax that allows more, but neither what looks around nor what refers back. */
const engines: Record<string, Engine> = {
  'JavaScript without flags': javascript(''),
  'JavaScript with the flag u': javascript('u'),
  'JavaScript with the flag v': javascript('v'),
  RE2: (pattern) => {
    const expression = RE2JS.compile(pattern)
    return (text) => expression.matcher(text).find()
  },
}

/** Every pattern in a part of the document, wherever it is, with its place. */
function* patternsIn(part: unknown, place: string): Generator<[place: string, pattern: string]> {
  if (typeof part !== 'object' || part === null) return
  for (const [key, value] of Object.entries(part)) {
    if (key === 'pattern' && typeof value === 'string') yield [place, value]
    if (key === 'patternProperties') {
      for (const pattern of Object.keys(value)) yield [place, pattern]
    }
    yield* patternsIn(value, `${place}/${key}`)
  }
}

t.test('patterns are found wherever they are', async (t) => {
  const document = {
    parameters: [{ schema: { pattern: 'a' } }],
    properties: { pattern: { pattern: 'b' }, map: { patternProperties: { c: {} } } },
  }
  t.strictSame(
    [...patternsIn(document, '')],
    [
      ['/parameters/0/schema', 'a'],
      ['/properties/pattern', 'b'],
      ['/properties/map', 'c'],
    ],
  )
})

for (const refused of ['[^\\u0000]', '[\\ud800-\\udfff]', '(?=a)', '(a)\\1', 'a{1001}']) {
  t.test(`RE2 refuses ${refused}`, async (t) => {
    t.throws(() => engines.RE2?.(refused))
  })
}

t.test('every engine takes every pattern of the document', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const document = (await app.inject('/docs/json')).json<object>()
  const patterns = [...patternsIn(document, '')]
  t.ok(patterns.length > 5)
  for (const [place, pattern] of patterns) {
    for (const [name, compile] of Object.entries(engines)) {
      t.doesNotThrow(() => compile(pattern), `${name} ${place} ${pattern}`)
    }
  }
})
