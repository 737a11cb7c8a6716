import fp from 'fastify-plugin'
import { AsyncTask, SimpleIntervalJob } from 'toad-scheduler'
import { retentionAt } from '../history/retention.ts'

/** How often compaction runs, and for how long each time. */
const INTERVAL_MS = 1_000
const BUDGET_MS = 100

/**
 * Keeps the database small, in short steps in the background: rolls up the history of each day once the day is
 * over, and deletes what is older than the configured retention.
 */
export default fp(
  async (app) => {
    const { clock } = app.store
    const { HISTORY_RAW_DAYS: rawDays, CHANGES_RETENTION_DAYS: changesDays } = app.config

    let closing = false
    let running: Promise<void> | undefined

    async function compact(): Promise<void> {
      const compaction = retentionAt(clock(), { rawDays, changesDays })
      const until = performance.now() + BUDGET_MS
      while (!closing && performance.now() < until && (await app.store.compact(compaction)));
    }

    function run(): Promise<void> {
      running = compact()
      return running
    }

    const task = new AsyncTask('compact', run, (err) => {
      const message = 'could not compact the database'
      app.logDigest.add({ kind: message, level: 'error', message, details: { err } })
    })
    const job = new SimpleIntervalJob({ milliseconds: INTERVAL_MS }, task, { preventOverrun: true })
    app.addHook('onReady', async () => app.scheduler.addSimpleIntervalJob(job))
    app.addHook('onClose', async () => {
      closing = true
      job.stop()
      await Promise.allSettled([running]) // The task logs failures.
    })
  },
  { name: 'retention', dependencies: ['log-digest', 'store', '@fastify/schedule'] },
)
