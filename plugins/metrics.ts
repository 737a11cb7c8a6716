import type { onResponseHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { StoreObserver } from '../db/store.ts'
import { RequestTimes } from '../http/request-times.ts'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** The service's metrics. No label holds a product id, because the number of products has no bound. */
interface Metrics {
  registry: Registry
  store: Pick<StoreObserver, 'committed'>
  offersCalls: Histogram<'call' | 'result'>
  refusedOutcomes: Counter<never>
  tokens: Counter<'reason'>
  breakerOpen: Gauge
  webhookAttempts: Histogram<'result'>
  webhooksDisabled: Counter<never>
  /** Adds a counter whose value, which only grows, is read at each scrape. */
  counter(name: string, help: string, value: () => number): void
  /** Adds a gauge whose value is read at each scrape. */
  gauge(name: string, help: string, value: () => number | Promise<number>): void
}

/** Decorates `app.metrics` and times every request. */
export default fp(
  async (app) => {
    const registry = new Registry()
    const registers = [registry]
    collectDefaultMetrics({ register: registry })

    const requests = new RequestTimes(
      'http_request_duration_seconds',
      'Duration of requests to this service, by route',
      SECONDS,
      registry,
    )
    const timer = (route: string): onResponseHookHandler => {
      const count = requests.of(route)
      return ({ method }, reply, done) => {
        count(method, reply.statusCode, reply.elapsedTime)
        done()
      }
    }
    // One hook per route, because looking up a request's route costs more than timing it.
    app.addHook('onRoute', (route) => {
      route.onResponse = [route.onResponse ?? []].flat().concat(timer(route.url))
    })
    const timeUnrouted = timer('none')
    app.addHook('onResponse', function (request, reply, done) {
      if (request.is404) timeUnrouted.call(this, request, reply, done)
      else done()
    })

    const commits = new Histogram({
      name: 'store_commit_duration_seconds',
      help: 'Duration of write transactions, including the commit',
      buckets: SECONDS,
      registers,
    })
    const writes = new Counter({
      name: 'store_writes_total',
      help: 'Operations applied by those transactions',
      registers,
    })
    app.decorate('metrics', {
      registry,
      store: {
        committed(durationMs, count) {
          commits.observe(durationMs / 1000)
          writes.inc(count)
        },
      },
      offersCalls: new Histogram({
        name: 'offers_call_duration_seconds',
        help: 'Duration of calls to the Offers service, by result: `ok` or the kind of fault',
        labelNames: ['call', 'result'],
        buckets: SECONDS,
        registers,
      }),
      refusedOutcomes: new Counter({
        name: 'refresh_outcomes_refused_total',
        help: 'Results of calls that came too late: their products have gone to another instance',
        registers,
      }),
      tokens: new Counter({
        name: 'offers_tokens_total',
        help: 'Access tokens obtained from the Offers service, by the reason for the request',
        labelNames: ['reason'],
        registers,
      }),
      breakerOpen: new Gauge({
        name: 'offers_breaker_open',
        help: '1 while the Offers service appears to be down',
        registers,
      }),
      webhookAttempts: new Histogram({
        name: 'webhook_attempt_duration_seconds',
        help: 'Duration of attempts to deliver to webhooks, by result: `ok` or `failed`',
        labelNames: ['result'],
        buckets: SECONDS,
        registers,
      }),
      webhooksDisabled: new Counter({
        name: 'webhooks_disabled_total',
        help: 'Webhooks that were disabled: by the receiver, after three days of failures, or too far behind',
        registers,
      }),
      counter(name, help, value) {
        new Counter({
          name,
          help,
          registers,
          collect() {
            this.reset()
            this.inc(value())
          },
        })
      },
      gauge(name, help, value) {
        new Gauge({
          name,
          help,
          registers,
          async collect() {
            this.set(await value())
          },
        })
      },
    })
  },
  { name: 'metrics' },
)

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics
  }
}
