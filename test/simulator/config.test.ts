import t from 'tap'
import { readSimulatorEnvironment } from '../../simulator/config.ts'

const DEFAULTS = {
  SIMULATOR_HOST: '127.0.0.1',
  SIMULATOR_PORT: 4010,
  SIMULATOR_GENERATION: 1,
  SIMULATOR_SEED: '1',
  SIMULATOR_TICK_SECONDS: 60,
}

t.test('has a default for everything, also for what is empty', async (t) => {
  t.same(readSimulatorEnvironment({}), DEFAULTS)
  t.same(readSimulatorEnvironment({ SIMULATOR_PORT: '', SIMULATOR_STATE: '' }), DEFAULTS)
})

t.test('reads every variable, and no other', async (t) => {
  const environment = {
    SIMULATOR_HOST: '0.0.0.0',
    SIMULATOR_PORT: '0',
    SIMULATOR_GENERATION: '2',
    SIMULATOR_SEED: '0042',
    SIMULATOR_TICK_SECONDS: '0.5',
    SIMULATOR_STATE: 'data/simulator.jsonl',
    HOME: '/root',
  }
  t.same(readSimulatorEnvironment(environment), {
    SIMULATOR_HOST: '0.0.0.0',
    SIMULATOR_PORT: 0,
    SIMULATOR_GENERATION: 2,
    SIMULATOR_SEED: '0042',
    SIMULATOR_TICK_SECONDS: 0.5,
    SIMULATOR_STATE: 'data/simulator.jsonl',
  })
})

const refused: [name: string, value: string, message: string][] = [
  ['SIMULATOR_HOST', 'a b', 'SIMULATOR_HOST: "a b" is not a host name or an IP address'],
  ['SIMULATOR_PORT', 'http', 'SIMULATOR_PORT: "http" is not an integer from 0 to 65535'],
  ['SIMULATOR_PORT', '65536', 'SIMULATOR_PORT: 65536 is not an integer from 0 to 65535'],
  ['SIMULATOR_PORT', '-1', 'SIMULATOR_PORT: -1 is not an integer from 0 to 65535'],
  ['SIMULATOR_PORT', '80.5', 'SIMULATOR_PORT: "80.5" is not an integer from 0 to 65535'],
  ['SIMULATOR_GENERATION', '3', 'SIMULATOR_GENERATION: 3 is not 1 or 2'],
  ['SIMULATOR_OFFERS', '-1', 'SIMULATOR_OFFERS: -1 is not an integer from 0 to 1000'],
  ['SIMULATOR_TICK_SECONDS', '0', 'SIMULATOR_TICK_SECONDS: 0 is not a number from 0.01 to 86400'],
  [
    'SIMULATOR_TICK_SECONDS',
    '1m',
    'SIMULATOR_TICK_SECONDS: "1m" is not a number from 0.01 to 86400',
  ],
]
for (const [name, value, message] of refused) {
  t.test(`refuses ${value} for ${name}`, async (t) => {
    t.throws(() => readSimulatorEnvironment({ [name]: value }), { message })
  })
}

t.test('names every variable that is wrong', async (t) => {
  t.throws(() => readSimulatorEnvironment({ SIMULATOR_PORT: 'x', SIMULATOR_GENERATION: 'x' }), {
    message: /^SIMULATOR_PORT: .*\nSIMULATOR_GENERATION: /,
  })
})
