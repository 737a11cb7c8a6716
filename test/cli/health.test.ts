import t from 'tap'
import { run } from '../process.ts'
import { startServer, startService } from './helper.ts'

const HEALTH = 'cli/health.ts'

const portOf = (url: string) => new URL(url).port

t.test('a service that is ready is healthy', async (t) => {
  const { url } = await startService(t)
  const result = await run(t, HEALTH, { PORT: portOf(url) })
  t.same(result, { code: 0, output: '' })
})

t.test('an empty HOST counts as unset, as it does for the service', async (t) => {
  const { url } = await startService(t)
  t.match(await run(t, HEALTH, { PORT: portOf(url), HOST: '' }), { code: 0 })
})

t.test('a service that is not ready is not healthy', async (t) => {
  const url = await startServer(t, (_request, response) => response.writeHead(503).end())
  const result = await run(t, HEALTH, { PORT: portOf(url) })
  t.same(result, { code: 1, output: `not ready: ${url}/health/ready answered 503` })
})

t.test('no service is not healthy', async (t) => {
  t.match(await run(t, HEALTH, { PORT: '9' }), { code: 1, output: /^not ready: .+/ })
})

t.test('a bad variable is named', async (t) => {
  t.match(await run(t, HEALTH, { PORT: 'http' }), {
    code: 1,
    output: /^not ready: PORT: "http" is/,
  })
})
