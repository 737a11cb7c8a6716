import { createHmac } from 'node:crypto'

/** How long an access token of the second generation lives, in seconds. */
export const ACCESS_TOKEN_SECONDS = 300

/** The key that signs access tokens. It is not a secret: the simulator is a development tool. */
export const SIGNING_KEY = 'simulator-signing-key'

/** The claims of an access token of the second generation; there is no `exp`. */
export interface AccessTokenClaims {
  token: string
  /** Unix seconds. */
  expires: number
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A JSON Web Token with these claims, signed with HS256 (RFC 7519, RFC 7515 section 3.1). */
export function signAccessToken(claims: AccessTokenClaims): string {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims })}`
  return `${signed}.${createHmac('sha256', SIGNING_KEY).update(signed).digest('base64url')}`
}
