import { join } from 'node:path'
import t from 'tap'
import { buildSimulator, PROTOCOL_PREFIX } from '../../simulator/app.ts'
import { PRODUCT, startSimulator } from './helper.ts'

t.test('with a journal, tokens and registrations are valid after a restart', async (t) => {
  const statePath = join(t.testdir(), 'journal')
  for (const generation of [1, 2] as const) {
    const options = { generation, statePath: `${statePath}-${generation}` }
    const before = startSimulator(t, options)
    const token = await before.authorize()
    await before.register(token)
    const answer = await before.offers(token)
    await before.app.close()

    const after = startSimulator(t, options)
    t.equal(answer.statusCode, 200)
    t.same((await after.offers(token)).json(), answer.json())
    t.same(after.simulator.state.granted, { auth: 1, register: 1 })
  }
})

t.test('without a journal, a restart forgets all', async (t) => {
  const before = startSimulator(t)
  const token = await before.authorize()
  t.equal((await startSimulator(t).offers(token)).statusCode, 401)
})

t.test('refuses a journal of the other generation', async (t) => {
  const statePath = join(t.testdir(), 'journal')
  await buildSimulator({ generation: 1, statePath }).close()
  t.throws(() => buildSimulator({ generation: 2, statePath }), /generation 1, not 2/)
})

t.test('the parts can be reached in the process', async (t) => {
  const { app, authorize, offers, register, simulator } = startSimulator(t)
  const token = await authorize()
  await register(token)
  simulator.answers.set(PRODUCT, [])
  t.same((await offers(token)).json(), [])
  t.equal(app.simulator.served.requests.offers, 1)
  t.equal(PROTOCOL_PREFIX, '/api/v1')
})
