import fp from 'fastify-plugin'
import { AsyncTask, SimpleIntervalJob } from 'toad-scheduler'
import { Deliverer } from '../feed/webhooks/deliverer.ts'
import { AddressGuard } from '../feed/webhooks/guard.ts'
import { LoopShare } from '../offers/loop-share.ts'

/** How often deliveries are recorded, and messages that failed are looked for that are due. */
const FLUSH_MS = 250

/** How often to look for webhooks that other instances have changed or given up. */
const REFRESH_MS = 1_000

/** Decorates `app.webhooks`, which delivers changes, and `app.webhookGuard`, which decides where they may go. */
export default fp(
  async (app) => {
    const { WEBHOOK_ALLOW_PRIVATE, WEBHOOK_PROXY, WEBHOOK_TIMEOUT_MS } = app.config
    const { webhookAttempts, webhooksDisabled } = app.metrics
    const guard = new AddressGuard({
      allowPrivate: WEBHOOK_ALLOW_PRIVATE === 'true',
      proxied: WEBHOOK_PROXY !== undefined,
    })
    const share = new LoopShare({
      now: () => performance.now(),
      busyMs: () => performance.eventLoopUtilization().active,
    })
    app.server.on('request', () => share.asked())
    const deliverer = new Deliverer({
      store: app.store,
      guard,
      timeoutMs: WEBHOOK_TIMEOUT_MS,
      proxy: WEBHOOK_PROXY,
      random: app.environment.random,
      waitMs: () => share.waitMs(),
      observer: {
        attempted(isDelivered, durationMs) {
          webhookAttempts.observe({ result: isDelivered ? 'ok' : 'failed' }, durationMs / 1000)
        },
        failed(webhookId, error) {
          const message = 'a webhook could not be delivered; it is tried again'
          app.logDigest.add({
            ...{ kind: message, level: 'warn', message },
            ...{ details: { error }, example: { webhookId } },
          })
        },
        disabled(webhookId, why) {
          webhooksDisabled.inc()
          app.log.error({ webhookId, why }, 'a webhook was disabled')
        },
        storeFailed(err) {
          const message = 'webhooks could not read or write the store'
          app.logDigest.add({ kind: message, level: 'error', message, details: { err } })
        },
      },
    })
    app.decorate('webhooks', deliverer)
    app.decorate('webhookGuard', guard)

    const { gauge } = app.metrics
    gauge('webhooks', 'Enabled webhooks that this instance delivers for', () => deliverer.size)
    gauge(
      'webhooks_failing',
      'Enabled webhooks of this instance whose last attempt failed',
      () => deliverer.failing,
    )
    gauge(
      'webhook_lag_changes',
      'Changes that the webhook furthest behind has yet to get',
      () => deliverer.lag,
    )

    const flush = new AsyncTask('deliver webhooks', async () => {
      deliverer.wake()
      await deliverer.flush()
    })
    const refresh = new AsyncTask('refresh webhooks', () => deliverer.refresh())
    const jobs = [
      new SimpleIntervalJob({ milliseconds: FLUSH_MS }, flush, { preventOverrun: true }),
      new SimpleIntervalJob({ milliseconds: REFRESH_MS, runImmediately: true }, refresh),
    ]
    app.addHook('onReady', async () => {
      for (const job of jobs) app.scheduler.addSimpleIntervalJob(job)
    })
    app.addHook('onClose', async () => {
      for (const job of jobs) job.stop()
      await deliverer.close()
    })
  },
  { name: 'webhooks', dependencies: ['@fastify/schedule', 'log-digest', 'metrics', 'store'] },
)

declare module 'fastify' {
  interface FastifyInstance {
    webhooks: Deliverer
    webhookGuard: AddressGuard
  }
}
