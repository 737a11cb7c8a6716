import t from 'tap'
import { StoreUnavailable } from '../../db/errors.ts'
import { eventually, startApp, startSimulator } from '../helper.ts'
import { buildLogged } from '../plugins/helper.ts'
import { create, isError, NO_UPSTREAM, read } from './helper.ts'

t.test('a running service is live and ready', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  for (const url of ['/health/live', '/health/ready']) {
    const response = await app.inject(url)
    t.equal(response.statusCode, 200, url)
    t.strictSame(response.json(), { status: 'ok' }, url)
  }
})

t.test('the Offers service being down does not make it unready', async (t) => {
  const simulator = await startSimulator(t)
  simulator.faults.settings.error_rate = 1
  const app = await startApp(t, { OFFERS_BASE_URL: simulator.baseUrl })
  const { id } = await create(app, { name: 'Mower' })
  await eventually(() => simulator.served.requests.auth > 0)
  t.equal((await app.inject('/health/ready')).statusCode, 200)
  t.equal((await read(app, id)).registration.status, 'pending')
})

t.test('a service whose store is closed is live and not ready', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  await app.store.close()
  t.equal((await app.inject('/health/live')).statusCode, 200)
  isError(
    t,
    await app.inject('/health/ready'),
    503,
    /^The service failed to do this; its log has the details under the request id [a-z0-9]+-\d+$/,
  )
})

t.test('a service whose store cannot write is not ready', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  app.store.check = () => Promise.reject(new StoreUnavailable(new Error('disk I/O error')))
  isError(t, await app.inject('/health/ready'), 503, /^The service failed to do this/)
})

t.test('a service that is stopping is not ready', async (t) => {
  const { app } = await buildLogged(t)
  const { promise: asked, resolve: ask } = Promise.withResolvers<Response>()
  // Registered last, so that it runs after the hooks of the plugins.
  app.register(async (last) => {
    last.addHook('preClose', async () => {
      ask(await fetch(`${address}/health/ready`))
    })
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  await app.close()
  const response = await asked
  t.equal(response.status, 503)
  t.match(await response.json(), { statusCode: 503, error: 'Service Unavailable' })
})
