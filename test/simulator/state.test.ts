import { join } from 'node:path'
import t from 'tap'
import { openState, type State } from '../../simulator/state.ts'

const MOWER = { name: 'Mower', description: 'Mows' }

function accountOf(state: State, token: string) {
  const account = state.accountOf(token, 0)
  if (!account) throw new Error(`no account of ${token}`)
  return account
}

t.test('a token gives access until it expires', async (t) => {
  const state = openState(2)
  state.issue('me', 'token', 100)
  t.equal(state.accountOf('token', 99_999)?.owner, 'me')
  t.equal(state.accountOf('token', 100_000), undefined)
  t.ok(state.holdsToken('me', 99_999))
  t.notOk(state.holdsToken('me', 100_000))
})

t.test('a token without an end gives access for ever', async (t) => {
  const state = openState(1)
  state.issue('token', 'token', null)
  t.equal(state.accountOf('token', Number.MAX_SAFE_INTEGER)?.owner, 'token')
})

t.test('unknown tokens and owners have nothing', async (t) => {
  const state = openState(1)
  t.equal(state.accountOf('token', 0), undefined)
  t.notOk(state.holdsToken('me', 0))
})

t.test(
  'a new token of an account takes the place of the last and keeps its products',
  async (t) => {
    const state = openState(2)
    state.issue('me', 'first', 100)
    state.register(accountOf(state, 'first'), 'p', MOWER)
    state.issue('me', 'second', 400)
    t.equal(state.accountOf('first', 0), undefined)
    t.same([...accountOf(state, 'second').products], [['p', MOWER]])
    t.same(state.granted, { auth: 2, register: 1 })
  },
)

t.test('a product is forgotten in every account, once', async (t) => {
  const state = openState(1)
  for (const token of ['a', 'b', 'c']) state.issue(token, token, null)
  for (const token of ['b', 'c']) state.register(accountOf(state, token), 'p', MOWER)
  t.ok(state.forget('p'))
  t.notOk(state.forget('p'))
  for (const account of state.accounts.values()) t.equal(account.products.size, 0)
})

t.test('revoked tokens give no access and stand in the way of no other', async (t) => {
  const state = openState(2)
  state.issue('me', 'token', 100)
  state.revokeTokens()
  t.equal(state.accountOf('token', 0), undefined)
  t.notOk(state.holdsToken('me', 0))
  t.equal(state.accounts.size, 1)
})

t.test('a reset forgets all', async (t) => {
  const state = openState(2)
  state.issue('me', 'token', 100)
  state.register(accountOf(state, 'token'), 'p', MOWER)
  state.reset()
  t.equal(state.accounts.size, 0)
  t.equal(state.accountOf('token', 0), undefined)
  t.same(state.granted, { auth: 0, register: 0 })
})

t.test('with a journal, every kind of event is there after a restart', async (t) => {
  const path = join(t.testdir(), 'journal')
  const seen = (state: State) => ({
    granted: state.granted,
    accounts: [...state.accounts.values()].map((account) => ({
      ...account,
      products: [...account.products],
    })),
    access: ['a', 'b', 'c'].map((token) => state.accountOf(token, 0)?.owner),
  })
  const steps: ((state: State) => unknown)[] = [
    (state) => state.issue('a', 'a', null),
    (state) => state.issue('b', 'b', 100),
    (state) => state.register(accountOf(state, 'a'), 'p', MOWER),
    (state) => state.register(accountOf(state, 'a'), 'p', { name: 'Mower 2', description: '' }),
    (state) => state.register(accountOf(state, 'a'), 'q', MOWER),
    (state) => state.forget('q'),
    (state) => state.issue('b', 'c', 200),
    (state) => state.revokeTokens(),
    (state) => state.reset(),
    (state) => state.issue('c', 'c', null),
  ]
  for (const step of steps) {
    const state = openState(1, path)
    step(state)
    state.close()
    const restarted = openState(1, path)
    t.same(seen(restarted), seen(state))
    restarted.close()
  }
})

t.test('what cannot be written does not happen', async (t) => {
  const state = openState(1, join(t.testdir(), 'journal'))
  state.close()
  t.throws(() => state.issue('a', 'a', null), { code: 'EBADF' })
  t.equal(state.accountOf('a', 0), undefined)
})
