import t from 'tap'
import { eventually, startApp, startSimulator } from '../helper.ts'
import { postgresDatabase } from './database.ts'

t.test('two instances of the service share a database', async (t) => {
  const { baseUrl } = await startSimulator(t)
  const variables = { DATABASE_URL: await postgresDatabase(t), OFFERS_BASE_URL: baseUrl }
  const [first, second] = [await startApp(t, variables), await startApp(t, variables)]
  const made = await first.inject({
    ...{ method: 'POST', url: '/api/v1/products' },
    payload: { name: 'Ladder' },
  })
  t.equal(made.statusCode, 201)
  const { id } = made.json()
  const polled = await eventually(async () => {
    const answer = await second.inject(`/api/v1/products/${id}`)
    return answer.json().checked_at && answer.json()
  })
  t.match(polled, { name: 'Ladder', registration: { status: 'registered' }, stale: false })
  const offers = await second.inject(`/api/v1/products/${id}/offers`)
  t.equal(offers.json().items.length, polled.offers_count)
  const found = await second.inject('/api/v1/products?q=lad')
  t.match(found.json().items, [{ id }])
  const trend = await first.inject(`/api/v1/products/${id}/trend`)
  t.equal(trend.statusCode, 200)
  for (const app of [first, second]) {
    t.equal((await app.inject('/health/ready')).statusCode, 200)
    t.match((await app.inject('/api/v1/status')).json(), { products: 1 })
  }
})

t.test('an instance whose clock is wrong polls as the others do', async (t) => {
  const { baseUrl } = await startSimulator(t)
  const variables = { DATABASE_URL: await postgresDatabase(t), OFFERS_BASE_URL: baseUrl }
  const ahead = await startApp(t, variables, { clock: () => Date.now() + 600_000 })
  const made = await ahead.inject({
    ...{ method: 'POST', url: '/api/v1/products' },
    payload: { name: 'Ladder' },
  })
  const polled = await eventually(async () => {
    const answer = await ahead.inject(`/api/v1/products/${made.json().id}`)
    return answer.json().checked_at && answer.json()
  })
  t.equal(polled.stale, false)
  const soon = Date.now() + 300_000
  t.ok(Date.parse(polled.checked_at) < soon)
  t.ok(Date.parse(polled.refresh.next_at) < soon)
})

t.test('ten instances that start together ask for one token', async (t) => {
  const { baseUrl, served } = await startSimulator(t)
  const variables = { DATABASE_URL: await postgresDatabase(t), OFFERS_BASE_URL: baseUrl }
  const apps = await Promise.all(Array.from({ length: 10 }, () => startApp(t, variables)))
  const ids = await Promise.all(
    apps.map(async (app, n) => {
      const payload = { name: `Ladder ${n}` }
      return (await app.inject({ method: 'POST', url: '/api/v1/products', payload })).json().id
    }),
  )
  await eventually(async () => {
    const answers = await Promise.all(ids.map((id) => apps[0]?.inject(`/api/v1/products/${id}`)))
    return answers.every((answer) => answer?.json().checked_at)
  })
  t.equal(served.requests.auth, 1)
})
