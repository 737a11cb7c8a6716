import t from 'tap'
import { realEnvironment } from '../app.ts'
import { startApp } from './helper.ts'
import { NO_UPSTREAM, PRODUCTS } from './routes/helper.ts'

t.test('the running service has the real time, ids of its own and chance', async (t) => {
  const before = Date.now()
  t.ok(realEnvironment.clock() >= before)
  t.match(realEnvironment.newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  t.not(realEnvironment.newId(), realEnvironment.newId())
  t.ok(realEnvironment.random() < 1)
})

t.test('every answer forbids to guess its type', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  for (const url of ['/docs', '/health/live', PRODUCTS, `${PRODUCTS}/nope`, '/nope']) {
    t.equal((await app.inject(url)).headers['x-content-type-options'], 'nosniff', url)
  }
})

t.test('the service closes while a client keeps its connection', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  t.equal((await fetch(address + PRODUCTS)).status, 200)
  await app.close()
  await t.rejects(fetch(address + PRODUCTS))
})
