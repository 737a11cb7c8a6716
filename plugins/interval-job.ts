import type { FastifyInstance } from 'fastify'
import { AsyncTask, SimpleIntervalJob } from 'toad-scheduler'

interface IntervalJob {
  id: string
  everyMs: number
  /** What the log says where the work fails. */
  failure: string
  /** Does the work; ends early once the service is closing. */
  run(isClosing: () => boolean): Promise<void>
}

/** Does work in the background at intervals, never twice at once, until the service closes. */
export function addIntervalJob(app: FastifyInstance, { id, everyMs, failure, run }: IntervalJob) {
  let closing = false
  let running: Promise<void> | undefined

  function begin(): Promise<void> {
    running = run(() => closing)
    return running
  }

  const task = new AsyncTask(id, begin, (err) =>
    app.logDigest.add({ kind: failure, level: 'error', message: failure, details: { err } }),
  )
  const job = new SimpleIntervalJob({ milliseconds: everyMs }, task, { preventOverrun: true })
  app.addHook('onReady', async () => app.scheduler.addSimpleIntervalJob(job))
  app.addHook('onClose', async () => {
    closing = true
    job.stop()
    await Promise.allSettled([running]) // The task logs failures.
  })
}
