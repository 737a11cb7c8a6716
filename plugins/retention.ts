import fp from 'fastify-plugin'
import { retentionAt } from '../history/retention.ts'
import { addIntervalJob } from './interval-job.ts'

/** How often compaction runs, and for how long each time. */
const INTERVAL_MS = 1_000
const BUDGET_MS = 100

/**
 * Keeps the database small, in short steps in the background: rolls up the history four times a day, and deletes what
 * is older than the configured retention.
 */
export default fp(
  async (app) => {
    const { clock } = app.store
    const { HISTORY_RAW_DAYS: rawDays, CHANGES_RETENTION_DAYS: changesDays } = app.config

    addIntervalJob(app, {
      id: 'compact',
      everyMs: INTERVAL_MS,
      failure: 'could not compact the database',
      async run(isClosing) {
        const compaction = retentionAt(clock(), { rawDays, changesDays })
        const until = performance.now() + BUDGET_MS
        while (!isClosing() && performance.now() < until && (await app.store.compact(compaction)));
      },
    })
  },
  { name: 'retention', dependencies: ['log-digest', 'store', '@fastify/schedule'] },
)
