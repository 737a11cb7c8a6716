import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import packageJson from '../package.json' with { type: 'json' }
import { errors } from '../schemas/error.ts'
import { ifNoneMatch, noQuery, notModified, tagged } from '../schemas/http.ts'
import { damagedParts, Status, TARGET_INTERVALS } from '../schemas/status.ts'
import { toTime } from '../schemas/to-time.ts'
import { ref } from '../schemas/types.ts'

const timeOrNull = (ms: number | null) => (ms === null ? null : toTime(ms))

/** The state of the service. */
const status: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '',
    {
      schema: {
        operationId: 'getStatus',
        summary: 'Read the state of the service',
        description:
          'The number of products and offers, how fresh they are, and whether the Offers service ' +
          'answers.',
        tags: ['System'],
        querystring: noQuery,
        headers: ifNoneMatch,
        response: {
          200: { ...ref(Status), description: 'The state', headers: tagged },
          304: notModified,
          ...errors(400, 401),
        },
      },
    },
    async () => {
      const { clock } = app.store
      const intervalS = app.config.REFRESH_INTERVAL_SECONDS
      const { health } = app.offersClient
      const totals = await app.store.totals()
      const since = clock() - TARGET_INTERVALS * intervalS * 1000
      const freshness = await app.store.freshness(since)
      return {
        version: packageJson.version,
        uptime_s: Math.floor(process.uptime()),
        instances: app.store.instances,
        products: totals.products,
        offers: totals.offers,
        registrations_pending: totals.pending,
        last_seq: app.store.lastSeq,
        database: { damaged: damagedParts(app.store.damage) },
        upstream: {
          url: app.upstream.baseUrl,
          simulated: app.upstream.simulated,
          last_success_at: timeOrNull(health.lastSuccessAt),
          last_error: health.lastError && {
            at: toTime(health.lastError.at),
            message: health.lastError.message,
            product_id: health.lastError.productId,
          },
          paused_until: timeOrNull(app.breaker.pausedUntil),
        },
        refresh: {
          interval_s: intervalS,
          due: freshness.due,
          oldest_checked_at: timeOrNull(freshness.oldestCheckedAt),
          p95_age_s: freshness.p95AgeMs === null ? null : freshness.p95AgeMs / 1000,
          within_target: freshness.within,
          failing: freshness.failing,
        },
      }
    },
  )
}
export default status
