import t from 'tap'
import { startApp, startSimulator } from '../helper.ts'
import { retryAfterKill } from '../lost-answers.ts'
import { SERVICE, start } from '../process.ts'
import { postgresDatabase } from './database.ts'

t.test('requests that are sent again to another instance create each product once', async (t) => {
  const { baseUrl } = await startSimulator(t)
  const variables = {
    ...{ PORT: '0', OFFERS_BASE_URL: baseUrl },
    DATABASE_URL: await postgresDatabase(t),
  }
  const [first, second] = await Promise.all([
    start(t, SERVICE, variables),
    start(t, SERVICE, variables),
  ])
  await retryAfterKill(t, first, async () => second.url)
})

t.test('100 requests with one key at two instances create one product', async (t) => {
  const { baseUrl } = await startSimulator(t)
  const variables = { DATABASE_URL: await postgresDatabase(t), OFFERS_BASE_URL: baseUrl }
  const [first, second] = [await startApp(t, variables), await startApp(t, variables)]
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      (n % 2 ? first : second).inject({
        ...{ method: 'POST', url: '/api/v1/products', payload: { name: 'Mower' } },
        headers: { 'idempotency-key': 'k' },
      }),
    ),
  )
  const created = answers.filter(({ statusCode }) => statusCode === 201)
  t.equal(new Set(created.map(({ body }) => body)).size, 1)
  for (const { statusCode } of answers) t.ok(statusCode === 201 || statusCode === 409)
  t.match((await first.inject('/api/v1/status')).json(), { products: 1 })
})
