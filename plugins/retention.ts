import fp from 'fastify-plugin'
import { AsyncTask, SimpleIntervalJob } from 'toad-scheduler'
import { DAY_MS, floorTo, HOUR_MS } from '../history/time.ts'

/** How often it is looked whether there is something to compact, and how much of that time it may take. */
const EVERY_MS = 1_000
const MOST_MS = 100

/**
 * Keeps the database small: rolls up each day's history when it is over, and lets go of what is older
 * than the configuration wants to keep, in small steps in the background.
 */
export default fp(
  async (app) => {
    const { clock } = app.environment
    const { HISTORY_RAW_DAYS, CHANGES_RETENTION_DAYS } = app.config

    let closing = false
    let running: Promise<void> | undefined

    async function compact(): Promise<void> {
      const now = clock()
      const compaction = {
        // What was observed before midnight may be written a little after it.
        rollBefore: floorTo(now - HOUR_MS, DAY_MS),
        rawBefore: now - HISTORY_RAW_DAYS * DAY_MS,
        changesBefore: now - CHANGES_RETENTION_DAYS * DAY_MS,
      }
      const until = performance.now() + MOST_MS
      while (!closing && performance.now() < until && (await app.store.compact(compaction)));
    }

    function run(): Promise<void> {
      running = compact()
      return running
    }

    const task = new AsyncTask('compact', run, (err) => {
      const message = 'the database could not be compacted'
      app.logDigest.add({ kind: message, level: 'error', message, details: { err } })
    })
    const job = new SimpleIntervalJob({ milliseconds: EVERY_MS }, task, { preventOverrun: true })
    app.addHook('onReady', async () => app.scheduler.addSimpleIntervalJob(job))
    app.addHook('onClose', async () => {
      closing = true
      job.stop()
      await Promise.allSettled([running]) // How it failed is logged by the task.
    })
  },
  { name: 'retention', dependencies: ['log-digest', 'store', '@fastify/schedule'] },
)
