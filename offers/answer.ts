import { isUtf8 } from 'node:buffer'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { ObservedOffer } from '../db/store.ts'
import { OffersError } from './errors.ts'
import { atIndex, shown, whatBody, whyNoOffers } from './malformed.ts'
import { WireOffers } from './protocol.ts'

const wireOffers = TypeCompiler.Compile(WireOffers)

/** Maximum length of a stored rejection reason, in characters. */
const MAX_REASON = 500

/** An answer with a status below 500. */
export interface OffersAnswer {
  status: number
  contentType: string | undefined
  /** The decoded body; empty if it cannot be decoded. */
  body: Buffer
  /** Why the body cannot be read, as a sentence. */
  unreadable: string | undefined
  /** The token that was sent. The service may echo it, but no message may show it. */
  token: string | undefined
}

/** Parses an answer as JSON; `parseError` is the parser's message if the answer is text but not JSON. */
function parse({ body }: OffersAnswer): { json?: unknown; parseError?: string } {
  if (!isUtf8(body)) return {}
  try {
    return { json: JSON.parse(body.toString()) }
  } catch (error) {
    return { parseError: (error as SyntaxError).message }
  }
}

/** The JSON of an answer; undefined if it is not JSON. */
export const jsonOf = (answer: OffersAnswer): unknown => parse(answer).json

/**
 * The offers in an answer, with ids as text. Throws `OffersError` (`malformed`) for anything that is
 * not a valid array of offers, so that a partly valid answer never replaces stored offers. The message
 * says what is wrong, and with which offer.
 */
export function offersOf(answer: OffersAnswer): ObservedOffer[] {
  const malformed = (why: string) => new OffersError('malformed', withoutToken(answer, why))
  const { json, parseError } = parse(answer)
  if (json === undefined) throw malformed(answer.unreadable ?? whatBody(answer, parseError))
  if (!wireOffers.Check(json)) throw malformed(whyNoOffers(json, wireOffers.Errors(json).First()))
  const indexes = new Map<string, number>()
  return json.map(({ id: wireId, price, items_in_stock }, index) => {
    const id = String(wireId)
    const earlier = indexes.get(id)
    if (earlier !== undefined) {
      throw malformed(`${atIndex(json, index)}: id is that of the offer at index ${earlier}, too`)
    }
    if (!id.isWellFormed() || id.includes('\0')) {
      const rule = 'must be text without NUL and lone surrogates'
      throw malformed(`${atIndex(json, index)}: id is ${shown(wireId)}, ${rule}`)
    }
    indexes.set(id, index)
    return { id, price, items_in_stock }
  })
}

/** The human-readable reason in an error answer of either generation: its `msg` or `detail`. */
export function reasonOf(answer: OffersAnswer): string {
  const { msg, detail } = (jsonOf(answer) ?? {}) as { msg?: unknown; detail?: unknown }
  const said = msg ?? detail
  const text = typeof said === 'string' ? said : said === undefined ? '' : JSON.stringify(said)
  const reason = withoutToken(answer, text.replaceAll('\0', ''))
  return reason.slice(0, MAX_REASON).toWellFormed() || `status ${answer.status}`
}

function withoutToken({ token }: OffersAnswer, text: string): string {
  return token ? text.replaceAll(token, '[token]') : text
}
