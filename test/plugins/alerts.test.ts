import t from 'tap'
import type { SimpleIntervalJob } from 'toad-scheduler'
import { StoreUnavailable } from '../../db/errors.ts'
import { NO_UPSTREAM } from '../routes/helper.ts'
import { buildLogged } from './helper.ts'

t.test('all stale products are looked for, and the log says once where that fails', async (t) => {
  const { app, lines } = await buildLogged(t, NO_UPSTREAM)
  const jobs: SimpleIntervalJob[] = []
  app.after(() => {
    app.scheduler.addSimpleIntervalJob = (job) => {
      jobs.push(job)
    }
  })
  await app.ready()
  let left = 3
  app.store.fireStale = async () => --left > 0
  for (const job of jobs) await job.executeAsync()
  t.equal(left, 0, 'it looks until there are none left')
  app.store.fireStale = () => Promise.reject(new StoreUnavailable(new Error('disk full')))
  for (const job of [...jobs, ...jobs]) await job.executeAsync()
  t.match(
    lines.filter(({ level }) => level === 50),
    [{ msg: 'could not look for stale products', err: { stack: /disk full/ } }],
  )
})
