import fp from 'fastify-plugin'
import { Breaker } from '../offers/breaker.ts'
import { CallBudget } from '../offers/call-budget.ts'
import { OffersClient } from '../offers/client.ts'
import { proxyFor } from '../offers/proxy.ts'
import { TokenKeeper } from '../offers/token.ts'
import { Transport } from '../offers/transport.ts'

/**
 * Decorates `app.offersClient`, and `app.breaker` and `app.callBudget`, which limit its calls. Closes the connections
 * on close.
 */
export default fp(
  async (app) => {
    const { random } = app.environment
    const { clock } = app.store
    const { baseUrl, account, refreshToken, simulated } = app.upstream
    const breaker = new Breaker({
      clock,
      random,
      onChange(open) {
        app.metrics.breakerOpen.set(open ? 1 : 0)
        const message = open
          ? 'the Offers service is down; sending probes until it is back'
          : 'the Offers service is back'
        const level = open ? 'warn' : 'info'
        app.logDigest.add({ kind: message, level, message, tags: { url: baseUrl } })
      },
    })
    const { OFFERS_CALLS_PER_SECOND = Number.POSITIVE_INFINITY } = app.config
    const budget = new CallBudget(OFFERS_CALLS_PER_SECOND, clock())
    const transport = new Transport({
      baseUrl,
      timeoutMs: app.config.OFFERS_TIMEOUT_MS,
      connections: app.config.OFFERS_CONCURRENCY,
      proxy: simulated ? undefined : proxyFor(baseUrl, app.config),
      breaker,
      onExtra: () => budget.spend(),
      clock,
      random,
    })
    const tokens = new TokenKeeper({
      store: app.store,
      transport,
      breaker,
      account,
      refreshToken,
      clock,
      onRenewed(reason) {
        app.metrics.tokens.inc({ reason })
        const level = reason === 'dead' || reason === 'account-changed' ? 'warn' : 'info'
        const message = 'got an access token from the Offers service'
        app.logDigest.add({ kind: `token ${reason}`, level, message, tags: { reason } })
      },
    })
    app.decorate('breaker', breaker)
    app.decorate('callBudget', budget)
    const client = new OffersClient({ transport, tokens, clock })
    app.decorate('offersClient', client)
    app.addHook('onClose', () => client.close())
  },
  { name: 'offers-client', dependencies: ['log-digest', 'metrics', 'store', 'upstream'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    breaker: Breaker
    callBudget: CallBudget
    offersClient: OffersClient
  }
}
