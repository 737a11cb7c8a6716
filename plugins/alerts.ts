import fp from 'fastify-plugin'
import { addIntervalJob } from './interval-job.ts'

/** How often to look for products that have become stale. */
const INTERVAL_MS = 5_000

/** Fires the alerts that time alone makes true; all others fire when polls are settled. */
export default fp(
  async (app) => {
    addIntervalJob(app, {
      id: 'alerts',
      everyMs: INTERVAL_MS,
      failure: 'could not look for stale products',
      async run(isClosing) {
        while (!isClosing() && (await app.store.fireStale()));
      },
    })
  },
  { name: 'alerts', dependencies: ['log-digest', 'store', '@fastify/schedule'] },
)
