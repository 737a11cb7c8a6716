import t from 'tap'
import type { SimpleIntervalJob } from 'toad-scheduler'
import { StoreUnavailable } from '../../db/errors.ts'
import { NO_UPSTREAM } from '../routes/helper.ts'
import { buildLogged } from './helper.ts'

t.test('where stale products cannot be found, the log says so once', async (t) => {
  const { app, lines } = await buildLogged(t, NO_UPSTREAM)
  const jobs: SimpleIntervalJob[] = []
  app.after(() => {
    app.scheduler.addSimpleIntervalJob = (job) => {
      jobs.push(job)
    }
  })
  await app.ready()
  app.store.fireStale = () => Promise.reject(new StoreUnavailable(new Error('disk full')))
  for (const job of [...jobs, ...jobs]) await job.executeAsync()
  t.match(
    lines.filter(({ level }) => level === 50),
    [{ msg: 'could not look for stale products', err: { stack: /disk full/ } }],
  )
})
