import { setTimeout as delay } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { AsyncTask, SimpleIntervalJob } from 'toad-scheduler'
import { LoopShare } from '../offers/loop-share.ts'
import { Pacer } from '../offers/pacer.ts'
import { Refresher } from '../offers/refresh.ts'

/** How often the refresher looks for work that has become due. */
const TICK_MS = 100

/** How long calls that are under way may take to end when the service stops. */
const CLOSE_GRACE_MS = 5_000

/**
 * Runs the refresher: on a schedule, and at once when registrations become due. On close it starts
 * nothing more and waits for what is under way.
 */
export default fp(
  async (app) => {
    const { clock, random } = app.environment
    const intervalMs = app.config.REFRESH_INTERVAL_SECONDS * 1000
    const share = new LoopShare({
      now: () => performance.now(),
      busyMs: () => performance.eventLoopUtilization().active,
    })
    app.server.on('request', () => share.asked())
    const refresher = new Refresher({
      store: app.store,
      client: app.offersClient,
      breaker: app.breaker,
      pacer: new Pacer(intervalMs, clock()),
      intervalMs,
      concurrency: app.config.OFFERS_CONCURRENCY,
      clock,
      random,
      waitMs: () => share.waitMs(),
      observer: {
        called(call, result, durationMs) {
          app.metrics.offersCalls.observe({ call, result }, durationMs / 1000)
        },
        faulty(productId, { fault, message, cause }) {
          app.logDigest.add({
            ...{ kind: `offers ${fault}`, level: 'warn', message },
            ...{ tags: { fault }, details: { cause }, example: { productId } },
          })
        },
        storeFailed(err) {
          const message = 'the refresher could not use the store'
          app.logDigest.add({ kind: message, level: 'error', message, details: { err } })
        },
      },
    })

    const removeListener = app.store.onRegistrationsDue(() => void refresher.wake())
    const task = new AsyncTask('refresh', () => refresher.wake())
    const job = new SimpleIntervalJob({ milliseconds: TICK_MS }, task, { preventOverrun: true })
    app.addHook('onReady', async () => {
      // What made registrations fail before may be over, and who restarts the service hopes so.
      await app.store.expediteRegistrations(clock()).catch((err: unknown) => {
        app.log.error({ err }, 'failed registrations are tried again only when they are due')
      })
      app.scheduler.addSimpleIntervalJob(job)
    })
    app.addHook('onClose', async () => {
      job.stop()
      removeListener()
      const closed = refresher.close()
      await Promise.race([closed, delay(CLOSE_GRACE_MS, undefined, { ref: false })])
      await app.offersClient.close()
      await closed
    })
  },
  {
    name: 'refresher',
    dependencies: ['@fastify/schedule', 'log-digest', 'store', 'offers-client', 'metrics'],
  },
)
