import fp from 'fastify-plugin'
import { AsyncTask, SimpleIntervalJob } from 'toad-scheduler'

/** How often to look for products that have become stale. */
const INTERVAL_MS = 5_000

/** Fires the alerts that time alone makes true; all others fire when polls are settled. */
export default fp(
  async (app) => {
    let closing = false
    let running: Promise<void> | undefined

    async function fireStale(): Promise<void> {
      while (!closing && (await app.store.fireStale()));
    }

    function run(): Promise<void> {
      running = fireStale()
      return running
    }

    const task = new AsyncTask('alerts', run, (err) => {
      const message = 'could not look for stale products'
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
  { name: 'alerts', dependencies: ['log-digest', 'store', '@fastify/schedule'] },
)
