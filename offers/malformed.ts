/** Says in words what is wrong with an answer that is no valid array of offers. */
import type { ValueError } from '@sinclair/typebox/errors'

/** How much of an answer is shown, in characters. */
const MAX_SHOWN = 80

/** The first bytes of what was compressed with gzip. */
const GZIP = Buffer.from([0x1f, 0x8b])

/** The beginning of a text on one line, fit for a log and for a page. */
function beginningOf(text: string): string {
  const line = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim()
  return line.length <= MAX_SHOWN ? line : `${line.slice(0, MAX_SHOWN).toWellFormed()}…`
}

/** A value as JSON has it, shortened. Numbers too large for JavaScript are none of JSON, but can be read. */
export function shown(value: unknown): string {
  return beginningOf(typeof value === 'number' ? String(value) : JSON.stringify(value))
}

/** Names an offer of an array for people: by its index, and by its id where it has one. */
export function atIndex(offers: readonly unknown[], index: number): string {
  const offer = offers[index]
  const id = typeof offer === 'object' && offer !== null && 'id' in offer ? offer.id : undefined
  const named = typeof id === 'string' || typeof id === 'number'
  return `Offer at index ${index}${named ? ` (id ${shown(id)})` : ''}`
}

/** What is wrong with JSON of which a check against the schema found this error. */
export function whyNoOffers(json: unknown, error: ValueError | undefined): string {
  if (!Array.isArray(json) || !error) {
    return `The answer is ${shown(json)}, must be an array of offers`
  }
  const [, index, property] = error.path.split('/')
  const where = atIndex(json, Number(index))
  const rule = `must be ${error.schema.allowed}`
  if (property === undefined) return `${where} is ${shown(error.value)}, ${rule}`
  if (error.value === undefined) return `${where}: ${property} is missing`
  return `${where}: ${property} is ${shown(error.value)}, ${rule}`
}

/** What came in place of JSON: what `JSON.parse` says of it, or undefined where it is no text. */
export function whatBody(
  { body, contentType }: { body: Buffer; contentType: string | undefined },
  parseError: string | undefined,
): string {
  if (body.length === 0) return 'The answer is empty, must be an array of offers'
  const type = contentType === undefined ? '' : ` (${beginningOf(contentType)})`
  if (body.subarray(0, 2).equals(GZIP)) {
    return `The answer${type} is compressed with gzip, but has no Content-Encoding that says so`
  }
  const begins = `; it begins with "${beginningOf(body.toString('utf8', 0, 4 * MAX_SHOWN))}"`
  if (parseError === undefined) return `The answer${type} is not UTF-8${begins}`
  if (/^\s*</.test(body.toString('utf8', 0, MAX_SHOWN))) {
    return `The answer${type} is HTML or XML, not JSON${begins}`
  }
  // Without the line, since it is shown as one, and the part of the text that the parser quotes.
  const why = beginningOf(parseError.replace(/(, (\.\.\.)?"| \(line ).*/s, ''))
  return `The answer${type} is not JSON: ${why}${begins}`
}
