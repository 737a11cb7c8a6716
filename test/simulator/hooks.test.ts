import t from 'tap'
import { PRODUCT, startSimulator } from './helper.ts'

t.test('a request and its answer are counted before the caller has the answer', async (t) => {
  const { offers, simulator } = startSimulator(t)
  simulator.faults.settings.next.push({ status: 401 })
  await offers('nobody')
  t.same(simulator.served.requests.offers, 1)
  t.same(simulator.served.statuses.offers, { 401: 1 })
})

t.test('the log names the product in any spelling of its id', async (t) => {
  const { offers, register, simulator } = startSimulator(t, { log: true })
  await offers('nobody', PRODUCT.toUpperCase())
  await register('nobody', PRODUCT.toUpperCase())
  t.match(simulator.served.log(), [{ product: PRODUCT }, { product: PRODUCT }])
})

t.test('the log names no product where the data have none', async (t) => {
  const { app, simulator } = startSimulator(t, { log: true })
  for (const payload of [[], { id: 5 }, {}]) {
    await app.inject({ method: 'POST', url: '/api/v1/products/register', payload })
  }
  t.same(
    simulator.served.log().map(({ product }) => product),
    [null, null, null],
  )
})

t.test('an error of the simulator itself is answered with 500', async (t) => {
  const { app, simulator } = startSimulator(t, { statePath: `${t.testdir()}/journal` })
  simulator.state.issue = () => {
    throw new Error('disk full')
  }
  const response = await app.inject({ method: 'POST', url: '/api/v1/auth' })
  t.equal(response.statusCode, 500)
  t.same(response.json(), { code: 'INTERNAL SERVER ERROR', msg: 'disk full' })
})
