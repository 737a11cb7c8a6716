import { type Static, Type } from '@sinclair/typebox'
import { fraction, mixText } from './hash.ts'
import type { Call } from './served.ts'

const Latency = Type.Integer({
  minimum: 0,
  maximum: 600_000,
  description: 'Milliseconds that a request is held back before it is served',
})
const Status = Type.Integer({ minimum: 200, maximum: 599 })
const RetryAfter = Type.String({ description: 'Sent as the header `Retry-After`' })
const ResetPoint = Type.Union([Type.Literal('request'), Type.Literal('answer')], {
  description: 'Resets the connection in place of serving the request, or in place of its answer',
})
const Rate = (what: string) =>
  Type.Number({ minimum: 0, maximum: 1, description: `Share of the requests that ${what}` })

/** What happens to one request. Without any of the properties it is served as usual. */
export type Fault = Static<typeof Fault>
export const Fault = Type.Partial(
  Type.Object({
    latency_ms: Latency,
    hang: Type.Boolean({ description: 'Never answers' }),
    reset: ResetPoint,
    status: Status,
    retry_after: RetryAfter,
    location: Type.String({ description: 'Sent as the header `Location`' }),
    body: Type.String({ description: 'The body to send, JSON or not' }),
  }),
  { additionalProperties: false },
)

/** Faults for all requests of the protocol, at rates whose sum counts up to 1. */
export type FaultSettings = Static<typeof FaultSettings>
export const FaultSettings = Type.Object(
  {
    latency_ms: Latency,
    calls: Type.Array(
      Type.Union([Type.Literal('auth'), Type.Literal('register'), Type.Literal('offers')]),
      { description: 'The calls that the other settings apply to' },
    ),
    next: Type.Array(Fault, {
      description: 'Applied to the next requests, one each, before any other fault',
    }),
    unauthorized: Type.Boolean({ description: 'Every call but auth is answered with 401' }),
    redirect_to: Type.Union([Type.String(), Type.Null()], {
      description: 'Every call is answered with 307 to this address',
    }),
    reset_rate: Rate('end in a reset of the connection'),
    reset_point: ResetPoint,
    hang_rate: Rate('are never answered'),
    error_rate: Rate('are answered with `error_status`'),
    error_status: Status,
    retry_after: Type.Union([RetryAfter, Type.Null()]),
    malformed_rate: Rate('are answered with status 200 and something else than the protocol says'),
  },
  { additionalProperties: false },
)

/** Answers that violate the protocol, chosen at random. */
export const MALFORMED: readonly string[] = [
  '[{"id":"truncated","price":10',
  '',
  'null',
  '{"offers":[]}',
  '<html><body>Bad gateway</body></html>',
  '[{"id":"no-stock","price":10}]',
  '[{"id":"text-price","price":"10","items_in_stock":1}]',
  '[{"id":"half-price","price":0.5,"items_in_stock":1}]',
  '[{"id":"negative-stock","price":10,"items_in_stock":-1}]',
]

/** No faults. */
export const noFaults = (): FaultSettings => ({
  latency_ms: 0,
  calls: ['auth', 'register', 'offers'],
  next: [],
  unauthorized: false,
  redirect_to: null,
  reset_rate: 0,
  reset_point: 'request',
  hang_rate: 0,
  error_rate: 0,
  error_status: 503,
  retry_after: null,
  malformed_rate: 0,
})

/** The configured faults. */
export interface Faults {
  /** May be changed at any time; takes effect with the next request. */
  readonly settings: FaultSettings
  /** Faults of single products, by product id as `productKey` writes it. */
  readonly products: Map<string, Fault>
  /** What happens to the next request. The same requests in the same order get the same faults. */
  draw(call: Call): Fault
  reset(): void
}

/** Starts without faults; the seed decides which requests get the faults that occur at a rate. */
export function createFaults(seed: number | string): Faults {
  const chance = mixText(1, String(seed))
  let drawn = 0

  function drawAtRates(settings: FaultSettings): Fault {
    let left = fraction(chance, drawn++)
    const occurs = (rate: number) => {
      const hit = left >= 0 && left < rate
      left -= rate
      return hit
    }
    if (occurs(settings.reset_rate)) return { reset: settings.reset_point }
    if (occurs(settings.hang_rate)) return { hang: true }
    if (occurs(settings.error_rate))
      return { status: settings.error_status, ...retryAfter(settings) }
    if (occurs(settings.malformed_rate))
      return { body: MALFORMED[Math.floor(fraction(chance, -drawn) * MALFORMED.length)] }
    return {}
  }

  function drawFor(call: Call, settings: FaultSettings): Fault {
    if (!settings.calls.includes(call)) return {}
    const next = settings.next.shift()
    if (next) return next
    if (settings.unauthorized && call !== 'auth') return { status: 401 }
    if (settings.redirect_to !== null) return { status: 307, location: settings.redirect_to }
    return drawAtRates(settings)
  }

  const settings = noFaults()
  const products = new Map<string, Fault>()
  return {
    settings,
    products,
    draw: (call) => ({ latency_ms: settings.latency_ms, ...drawFor(call, settings) }),
    reset() {
      Object.assign(settings, noFaults())
      products.clear()
      drawn = 0
    },
  }
}

const retryAfter = ({ retry_after }: FaultSettings) => (retry_after === null ? {} : { retry_after })
