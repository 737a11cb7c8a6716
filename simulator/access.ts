import { randomUUID } from 'node:crypto'
import { ACCESS_TOKEN_SECONDS, signAccessToken } from './access-token.ts'
import { ProtocolError } from './errors.ts'
import type { Simulator } from './simulator.ts'
import type { Account } from './state.ts'

/** The message for an access token that is missing, unknown or expired. */
const ACCESS_DENIED = 'Access token invalid'

/**
 * The access token that `POST /auth` returns. Generation 1 creates a new account for each call.
 * Generation 2 expects a refresh token: 401 for an unknown one, 400 while another token is valid.
 */
export function grantAccess(simulator: Simulator, refreshToken: string): string {
  const { generation, refreshTokens, state, clock } = simulator
  if (generation === 1) {
    const token = randomUUID()
    state.issue(token, token, null)
    return token
  }
  if (!refreshTokens.has(refreshToken)) throw new ProtocolError(401, 'Refresh token invalid')
  const now = clock()
  if (state.holdsToken(refreshToken, now))
    throw new ProtocolError(400, 'Cannot generate access token because another is valid')
  const expires = Math.floor(now / 1000) + ACCESS_TOKEN_SECONDS
  const token = signAccessToken({ token: randomUUID(), expires })
  state.issue(refreshToken, token, expires)
  return token
}

/** The account of an access token; 401 if there is none. */
export function accountOf({ state, clock }: Simulator, accessToken: string): Account {
  const account = state.accountOf(accessToken, clock())
  if (!account) throw new ProtocolError(401, ACCESS_DENIED)
  return account
}
