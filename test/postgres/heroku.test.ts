import t from 'tap'
import { cli } from '../cli/helper.ts'
import { call, SERVICE, start } from '../process.ts'
import './database.ts' // Skips this file where no server can be started.
import { startPostgres } from './server.ts'

t.test('on Heroku the release migrates and the service runs, over TLS', async (t) => {
  const server = await startPostgres({ tls: true })
  t.teardown(() => server.remove())
  const heroku = {
    DYNO: 'web.1',
    PORT: '0',
    DATABASE_URL: server.url('postgres'),
    NODE_ENV: 'production',
    OFFERS_BASE_URL: 'http://127.0.0.1:9/api/v1',
  }
  const { code, stderr } = await cli(['migrate'], { env: heroku })
  t.strictSame([code, stderr], [0, 'the database is up to date\n'])
  const service = await start(t, SERVICE, heroku)
  t.equal((await call('GET', `${service.url}/health/ready`)).status, 200)
  t.strictSame(await service.stop('SIGTERM'), [0, null])
})
