import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import type { ProductOffers } from '../../schemas/offer.ts'
import type { Product } from '../../schemas/product.ts'
import { eventually, startApp, startSimulator } from '../helper.ts'
import type { Service } from './uses.ts'

/** An answer that the service gave. */
export interface Answer {
  method: string
  /** The path, without a query. */
  path: string
  status: number
}

const tokens = { API_TOKEN: 'full-token', API_READ_TOKEN: 'read-token' }

/** No host of a webhook is looked up, and nothing is sent. */
const NO_RECEIVER = { WEBHOOK_PROXY: 'http://127.0.0.1:1' }

/**
 * The service on a port of its own, with tokens and with a product that is polled only once, so that
 * its offer stays as it is. `answers` gives what it answered so far, but for what Node's parser refuses.
 */
export async function startService(t: Test): Promise<Service & { answers(): Answer[] }> {
  const simulator = await startSimulator(t, { offers: 1 })
  const app = await startApp(t, {
    ...tokens,
    ...NO_RECEIVER,
    OFFERS_BASE_URL: simulator.baseUrl,
    REFRESH_INTERVAL_SECONDS: '86400',
  })
  const exchanges: { request: IncomingMessage; response: ServerResponse }[] = []
  app.server.on('request', (request, response) => exchanges.push({ request, response }))
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo

  const created = await app.inject({
    method: 'POST',
    url: '/api/v1/products',
    headers: { authorization: `Bearer ${tokens.API_TOKEN}` },
    payload: { name: 'Mower' },
  })
  const { id: productId } = created.json<Product>()
  const offerId = await eventually(async () => {
    const { items }: ProductOffers = JSON.parse(await app.store.offers(productId))
    return items[0]?.id
  })

  return {
    url: `http://127.0.0.1:${port}`,
    token: tokens.API_TOKEN,
    readToken: tokens.API_READ_TOKEN,
    productId,
    offerId: offerId ?? '',
    hangUp() {
      for (const { request } of exchanges) {
        if (request.url?.includes('/stream')) request.socket.destroy()
      }
    },
    answers: () =>
      exchanges.map(({ request, response }) => ({
        method: request.method ?? '',
        path: request.url?.split('?')[0] ?? '',
        status: response.statusCode,
      })),
  }
}
