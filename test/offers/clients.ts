import { gzipSync } from 'node:zlib'
import type { Test } from 'tap'
import type { TokenStore } from '../../offers/token.ts'
import { DEFAULT_REFRESH_TOKEN } from '../../simulator/simulator.ts'
import { startSimulator } from '../helper.ts'
import { NOW } from './clock.ts'
import { startClient } from './helper.ts'
import { faultOf, listen } from './upstream.ts'

export const PRODUCT = {
  id: '0b6f8a8e-3f0c-4a5d-9b57-0c7a3c0f1d2e',
  name: 'Mower',
  description: 'Mows',
}

/** A client of the simulator. */
export async function start(t: Test, generation: 1 | 2 = 1, store?: TokenStore) {
  const service = await startSimulator(t, { generation, clock: () => NOW })
  const refreshToken = generation === 2 ? DEFAULT_REFRESH_TOKEN : undefined
  const options = { refreshToken, store }
  return { service, ...startClient(t, service.baseUrl, options) }
}

/** A client of a service that answers every call but `POST /auth` with this. */
export async function startWith(t: Test, status: number, body: string | Buffer) {
  const baseUrl = await listen(t, ({ url }, response) => {
    if (url === '/api/v1/auth') response.writeHead(201).end('{"access_token":"secret-token"}')
    else response.writeHead(status).end(body)
  })
  return startClient(t, baseUrl)
}

/** Answers a poll with this, compressed in another way each time. */
export async function startCompressing(t: Test, status: number, text: string) {
  let level = 0
  const baseUrl = await listen(t, ({ url }, response) => {
    level += 1
    const isAuth = url === '/api/v1/auth'
    const body = gzipSync(isAuth ? '{"access_token":"secret-token"}' : text, { level })
    response.writeHead(isAuth ? 201 : status, { 'content-encoding': 'gzip' }).end(body)
  })
  return startClient(t, baseUrl)
}

/** A client of a service that refuses some polls, with the number of calls. */
export async function startRefusing(t: Test, refuses: (url: string, calls: number) => boolean) {
  const state = { refuses: (_url: string, _calls: number) => false, calls: 0 }
  const baseUrl = await listen(t, ({ url = '' }, response) => {
    if (url === '/api/v1/auth') {
      response.writeHead(201).end('{"access_token":"x"}')
      return
    }
    state.calls += 1
    response.writeHead(state.refuses(url, state.calls) ? 401 : 200).end('[]')
  })
  const { client } = startClient(t, baseUrl)
  await client.offers(PRODUCT.id)
  Object.assign(state, { calls: 0, refuses })
  const poll = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, n) => faultOf(client.offers(String(n)))))
  return { state, poll }
}
