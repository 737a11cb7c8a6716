/** Describes what is wrong with an answer that is not a valid array of offers. */
import type { ValueError } from '@sinclair/typebox/errors'

/** Maximum length of an excerpt of an answer, in characters. */
const MAX_SHOWN = 80

/** The first bytes of gzip data. */
const GZIP = Buffer.from([0x1f, 0x8b])

/** The beginning of a text on one line, for logs and the page. */
function beginningOf(text: string): string {
  const line = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim()
  return line.length <= MAX_SHOWN ? line : `${line.slice(0, MAX_SHOWN).toWellFormed()}…`
}

/** A value as JSON, shortened. Numbers that overflow to Infinity are shown too, though JSON has none. */
export function shown(value: unknown): string {
  return beginningOf(typeof value === 'number' ? String(value) : JSON.stringify(value))
}

/** Names an offer in an array: by its index, and by its id if it has one. */
export function atIndex(offers: readonly unknown[], index: number): string {
  const offer = offers[index]
  const id = typeof offer === 'object' && offer !== null && 'id' in offer ? offer.id : undefined
  const named = typeof id === 'string' || typeof id === 'number'
  return `Offer at index ${index}${named ? ` (id ${shown(id)})` : ''}`
}

/** Describes a schema error in the JSON of an answer. */
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

/** Describes an answer that is not JSON. `parseError` is undefined if the answer is not even text. */
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
  // Drops the line number and the excerpt that the parser adds: the text is shown on one line.
  const why = beginningOf(parseError.replace(/(, (\.\.\.)?"| \(line ).*/s, ''))
  return `The answer${type} is not JSON: ${why}${begins}`
}
