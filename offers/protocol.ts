/**
 * The wire format of the Offers service, shared by the client that calls it and the simulator that
 * stands in for it.
 *
 * Two generations of the service exist. They differ in authentication (see `Generation`) and in the shape
 * of their errors, not in products and offers.
 */
import { type Static, Type } from '@sinclair/typebox'

/**
 * - `1`: `POST /auth` without a header gives an access token that never expires.
 * - `2`: `POST /auth` with a refresh token gives an access token (a JWT) that lives five minutes.
 */
export type Generation = 1 | 2

/** The header that carries a token is literally named `Bearer`; `Authorization` is not used. */
export const TOKEN_HEADER = 'Bearer'

/** Body of `POST /products/register`. */
export type Registration = Static<typeof Registration>
export const Registration = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  description: Type.String(),
})

/** Answer of `POST /auth`, status 201. */
export type AccessToken = Static<typeof AccessToken>
export const AccessToken = Type.Object({
  access_token: Type.String({ minLength: 1, maxLength: 8192, pattern: '^[\\x21-\\x7e]+$' }),
})

/** From 0 up to what JavaScript counts exactly. */
const wireCount = () =>
  Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    allowed: `an integer from 0 to ${Number.MAX_SAFE_INTEGER}`,
  })

/**
 * One offer as the service sends it. Ids of the first generation were often integers. `allowed` describes
 * the valid values in words, for error messages.
 */
export type WireOffer = Static<typeof WireOffer>
export const WireOffer = Type.Object(
  {
    id: Type.Union(
      [
        Type.String({ minLength: 1, maxLength: 255 }),
        Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
      ],
      { allowed: 'text of 1 to 255 characters, or an integer up to 9007199254740991' },
    ),
    price: wireCount(),
    items_in_stock: wireCount(),
  },
  { allowed: 'an object' },
)

/** Answer of `GET /products/:id/offers`, status 200: a bare array. */
export type WireOffers = Static<typeof WireOffers>
export const WireOffers = Type.Array(WireOffer)
