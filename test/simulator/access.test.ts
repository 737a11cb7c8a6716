import t from 'tap'
import { accountOf, grantAccess } from '../../simulator/access.ts'
import { createSimulator } from '../../simulator/simulator.ts'

const NOW = 1_000_500

t.test('generation 1 gives every caller a UUID and an account of its own, for ever', async (t) => {
  const time = { now: NOW }
  const simulator = createSimulator({ generation: 1, clock: () => time.now })
  const [first, second] = [grantAccess(simulator, 'undefined'), grantAccess(simulator, 'x')]
  t.match(first, /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/)
  time.now = Number.MAX_SAFE_INTEGER
  t.not(accountOf(simulator, first), accountOf(simulator, second))
})

t.test('generation 2 gives a JWT that lives five minutes, and another only then', async (t) => {
  const time = { now: NOW }
  const simulator = createSimulator({
    generation: 2,
    refreshTokens: ['mine', 'yours'],
    clock: () => time.now,
  })
  const first = grantAccess(simulator, 'mine')
  const claims: unknown = JSON.parse(Buffer.from(first.split('.')[1] ?? '', 'base64url').toString())
  t.match(claims, { token: String, expires: 1300 })
  t.equal(accountOf(simulator, first).owner, 'mine')

  time.now = 1_299_999
  t.throws(() => grantAccess(simulator, 'mine'), {
    statusCode: 400,
    message: 'Cannot generate access token because another is valid',
  })
  t.ok(grantAccess(simulator, 'yours'))
  t.equal(accountOf(simulator, first).owner, 'mine')

  time.now = 1_300_000
  t.throws(() => accountOf(simulator, first), { statusCode: 401, message: 'Access token invalid' })
  t.not(grantAccess(simulator, 'mine'), first)
})

t.test('generation 2 refuses an unknown refresh token', async (t) => {
  const simulator = createSimulator({ generation: 2 })
  t.throws(() => grantAccess(simulator, 'mine'), {
    statusCode: 401,
    message: 'Refresh token invalid',
  })
})
