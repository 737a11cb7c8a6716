import { mock } from 'node:test'
import t from 'tap'
import { createSimulator, DEFAULT_REFRESH_TOKEN, productKey } from '../../simulator/simulator.ts'
import { PRODUCT } from './helper.ts'

t.test(
  'by default speaks generation 1, and moves every minute by the clock of the system',
  async (t) => {
    mock.timers.enable({ apis: ['Date'], now: 179_999 })
    t.teardown(() => mock.timers.reset())
    const simulator = createSimulator({})
    t.equal(simulator.generation, 1)
    t.same([...simulator.refreshTokens], [DEFAULT_REFRESH_TOKEN])
    t.equal(simulator.answers.tick(), 2)
    t.equal(simulator.served.keepLog, false)
  },
)

t.test('a reset resets every part', async (t) => {
  const simulator = createSimulator({ log: true })
  simulator.state.issue('a', 'a', null)
  simulator.faults.settings.latency_ms = 5
  simulator.answers.set(PRODUCT, 'set')
  simulator.served.arrived('auth', 0)
  simulator.reset()
  t.equal(simulator.state.accounts.size, 0)
  t.equal(simulator.faults.settings.latency_ms, 0)
  t.not(simulator.answers.of(PRODUCT), '"set"')
  t.equal(simulator.served.requests.auth, 0)
  t.equal(simulator.served.keepLog, true)
})

for (const id of [PRODUCT, PRODUCT.toUpperCase(), `urn:uuid:${PRODUCT}`]) {
  t.test(`${id} is one product`, async (t) => t.equal(productKey(id), PRODUCT))
}
