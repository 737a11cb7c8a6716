import { setTimeout as delay } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { AsyncTask, SimpleIntervalJob } from 'toad-scheduler'
import { LoopShare } from '../offers/loop-share.ts'
import { Pacer } from '../offers/pacer.ts'
import { Refresher } from '../offers/refresh.ts'

/** How often the refresher looks for work that has become due. */
const TICK_MS = 100

/** How long calls in flight may take to finish when the service stops. */
const CLOSE_GRACE_MS = 5_000

/**
 * Runs the refresher on a schedule, and at once when registrations become due. On close it starts no more
 * calls and waits for those in flight.
 */
export default fp(
  async (app) => {
    const { random } = app.environment
    const { clock } = app.store
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
      budget: app.callBudget,
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
        refused(outcomes) {
          app.metrics.refusedOutcomes.inc(outcomes)
          const message =
            'results of calls came too late and were dropped: their products have gone to another instance'
          app.logDigest.add({ kind: message, level: 'warn', message, details: { outcomes } })
        },
        storeFailed(err) {
          const message = 'the refresher could not read or write the store'
          app.logDigest.add({ kind: message, level: 'error', message, details: { err } })
        },
      },
    })

    const removeListener = app.store.onRegistrationsDue(() => void refresher.wake())
    const task = new AsyncTask('refresh', () => refresher.wake())
    const job = new SimpleIntervalJob({ milliseconds: TICK_MS }, task, { preventOverrun: true })
    app.addHook('onReady', async () => {
      // Whatever made registrations fail may be over, and an operator who restarts the service expects retries.
      await app.store.expediteRegistrations(clock()).catch((err: unknown) => {
        app.log.error({ err }, 'could not retry failed registrations now; each is retried when due')
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
