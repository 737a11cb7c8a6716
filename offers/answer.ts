import { isUtf8 } from 'node:buffer'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { ObservedOffer } from '../db/store.ts'
import { OffersError } from './errors.ts'
import { atIndex, shown, whatBody, whyNoOffers } from './malformed.ts'
import { WireOffers } from './protocol.ts'

const wireOffers = TypeCompiler.Compile(WireOffers)

/** The longest reason for a rejection that is kept, in characters. */
const MAX_REASON = 500

/** A status below 500, and what came with it. */
export interface OffersAnswer {
  status: number
  contentType: string | undefined
  /** Without its codings; empty where it cannot be read. */
  body: Buffer
  /** Why the body cannot be read, as a sentence. */
  unreadable: string | undefined
  /** The token that was sent. No message may show it, though the service may say it. */
  token: string | undefined
}

/** The JSON of an answer; undefined where it is none, with what the parser says where it is text. */
function parse({ body }: OffersAnswer): { json?: unknown; parseError?: string } {
  if (!isUtf8(body)) return {}
  try {
    return { json: JSON.parse(body.toString()) }
  } catch (error) {
    return { parseError: (error as SyntaxError).message }
  }
}

/** The JSON of an answer; undefined where it is none. */
export const jsonOf = (answer: OffersAnswer): unknown => parse(answer).json

/**
 * The offers in an answer, with ids as text. Throws `OffersError` (`malformed`) for anything that is
 * not a valid array of offers: what is half understood must not replace what is known. The message says
 * what is wrong, and with which offer.
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

/** What an error answer of either generation says, for people: its `msg` or `detail`. */
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
