import type { Test } from 'tap'
import type { TokenStore } from '../../offers/token.ts'
import { ACCESS_TOKEN_SECONDS } from '../../simulator/access-token.ts'
import { DEFAULT_REFRESH_TOKEN } from '../../simulator/simulator.ts'
import { startSimulator } from '../helper.ts'
import { MINUTE, SECOND, stoppedClock } from './clock.ts'
import { credentialsInMemory, startClient } from './helper.ts'

export const DAY = 24 * 60 * MINUTE
export const LIFE = ACCESS_TOKEN_SECONDS * SECOND

/** The service and a keeper of its token, by two clocks. Another keeper is made on the same store. */
export async function start(t: Test, generation: 1 | 2, given?: TokenStore) {
  const time = stoppedClock()
  const upstream = stoppedClock()
  const service = await startSimulator(t, { generation, clock: upstream.clock })
  const memory = credentialsInMemory()
  const store = given ?? memory
  const refreshToken = generation === 2 ? DEFAULT_REFRESH_TOKEN : undefined
  const options = { clock: time.clock, store, refreshToken }
  const keeper = startClient(t, service.baseUrl, options)
  return {
    ...keeper,
    ...{ time, upstream, service, store, reregistrations: memory.reregistrations },
    asked: () => service.served.requests.auth,
    another: (account?: string) => startClient(t, service.baseUrl, { ...options, account }),
    /** Both clocks go on. */
    pass(ms: number) {
      time.now += ms
      upstream.now += ms
    },
  }
}

export const jwt = (claims: unknown) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`
