import { setTimeout as delay } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { AsyncTask, SimpleIntervalJob } from 'toad-scheduler'
import type { OffersFault } from '../offers/errors.ts'
import { LoopShare } from '../offers/loop-share.ts'
import { Pacer } from '../offers/pacer.ts'
import { Refresher } from '../offers/refresh.ts'

/** How often the refresher looks for work that has become due. */
const TICK_MS = 100

/** How often the same kind of fault is worth a line in the log. */
const NEWS_EVERY_MS = 60_000

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
        faulty(productId, error) {
          const { fault, message, cause } = error
          const ofProduct = fault === 'rejected' || fault === 'malformed'
          const level = ofProduct || isNews(fault) ? 'warn' : 'debug'
          app.log[level]({ productId, fault, cause }, message)
        },
        storeFailed(err) {
          app.log.error({ err }, 'the refresher could not use the store')
        },
      },
    })

    // One line a minute for each kind of fault says that it goes on; the metrics count them.
    const loggedAt = new Map<OffersFault, number>()
    function isNews(fault: OffersFault): boolean {
      const news = Math.abs(clock() - (loggedAt.get(fault) ?? 0)) >= NEWS_EVERY_MS
      if (news) loggedAt.set(fault, clock())
      return news
    }

    const removeListener = app.store.onRegistrationsDue(() => void refresher.wake())
    const task = new AsyncTask('refresh', () => refresher.wake())
    const job = new SimpleIntervalJob({ milliseconds: TICK_MS }, task, { preventOverrun: true })
    app.addHook('onReady', async () => {
      // What made registrations fail before may be over, and who restarts the service hopes so.
      await app.store.hastenRegistrations(clock()).catch((err: unknown) => {
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
  { name: 'refresher', dependencies: ['@fastify/schedule', 'store', 'offers-client', 'metrics'] },
)
