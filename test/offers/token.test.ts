import t from 'tap'
import { expiryOf, type TokenStore } from '../../offers/token.ts'
import { MINUTE, NOW } from './clock.ts'
import { credentialsInMemory, startClient } from './helper.ts'
import { jwt, LIFE, start } from './token-keeper.ts'
import { faultOf, listen } from './upstream.ts'

const tokens: [name: string, token: string, expected: number | undefined][] = [
  ['whole seconds', jwt({ expires: 1_700_000_000 }), 1_700_000_000_000],
  // It could not be written into a column of integers, and the token was lost.
  ['a fraction of a second', jwt({ expires: 1_700_000_000.123456 }), 1_700_000_000_123],
  ['a time too large to count in ms', jwt({ expires: 1e16 }), undefined],
  ['a time that is infinite in ms', jwt({ expires: 1e308 }), undefined],
  ['text', jwt({ expires: '1700000000' }), undefined],
  ['no such claim', jwt({ exp: 1_700_000_000 }), undefined],
  ['no claims', jwt(null), undefined],
  ['something else than JSON', 'e30.e30e30.x', undefined],
  ['a UUID', '0b6f8a8e-3f0c-4a5d-9b57-0c7a3c0f1d2e', undefined],
]
for (const [name, token, expected] of tokens) {
  t.test(`the expiry of a token with ${name} is ${expected}`, async (t) => {
    t.equal(expiryOf(token), expected)
  })
}

t.test('the first token is asked for and kept', async (t) => {
  const { tokens, store, asked, renewals } = await start(t, 1)
  const accessToken = await tokens.get()
  t.equal(await tokens.get(), accessToken)
  t.same(await store.credentials(), { account: 'account', accessToken, expiresAt: null })
  t.equal(asked(), 1)
  t.same(renewals, ['first'])
})

t.test('the first token leaves registrations as they are', async (t) => {
  const { tokens, reregistrations } = await start(t, 1)
  await tokens.get()
  t.same(reregistrations, [])
})

t.test('many callers at the start cause one POST /auth', async (t) => {
  const { tokens, asked } = await start(t, 1)
  const got = await Promise.all(Array.from({ length: 20 }, () => tokens.get()))
  t.equal(new Set(got).size, 1)
  t.equal(asked(), 1)
})

t.test('a token that was kept is used by the next process', async (t) => {
  const { tokens, another, asked } = await start(t, 1)
  const accessToken = await tokens.get()
  const next = another()
  t.equal(await next.tokens.get(), accessToken)
  t.equal(asked(), 1)
})

t.test('a token of the first generation does not expire', async (t) => {
  const { tokens, asked, pass } = await start(t, 1)
  await tokens.get()
  pass(365 * 24 * 60 * MINUTE)
  await tokens.get()
  t.equal(asked(), 1)
})

for (const generation of [1, 2] as const) {
  t.test(`generation ${generation}: another account gets another token`, async (t) => {
    const { tokens, another, asked, pass, store, reregistrations } = await start(t, generation)
    const before = await tokens.get()
    pass(LIFE)
    const next = another('another account')
    const after = await next.tokens.get()
    t.not(after, before)
    t.match(await store.credentials(), { account: 'another account', accessToken: after })
    t.equal(asked(), 2)
    t.same(next.renewals, ['account-changed'])
    t.same(reregistrations, [NOW + LIFE], 'products are tied to the account')
  })
}

t.test('another account whose token still lives has to wait for its end', async (t) => {
  const { tokens, another, pass } = await start(t, 2)
  await tokens.get()
  const next = another('another account')
  t.equal(await faultOf(next.tokens.get()), 'paused')
  pass(LIFE)
  await t.resolves(next.tokens.get())
})

t.test('generation 1: 401 for less than a minute does not end a token', async (t) => {
  const { tokens, asked, pass } = await start(t, 1)
  const token = await tokens.get()
  await tokens.refused(token)
  pass(MINUTE - 1)
  await tokens.refused(token)
  t.equal(await tokens.get(), token)
  t.equal(asked(), 1)
})

t.test(
  'generation 1: 401 for a minute ends a token, and all products are registered again',
  async (t) => {
    const { tokens, asked, pass, reregistrations, renewals } = await start(t, 1)
    const token = await tokens.get()
    await tokens.refused(token)
    pass(MINUTE)
    await tokens.refused(token)
    t.not(await tokens.get(), token)
    t.equal(asked(), 2)
    t.same(renewals, ['first', 'dead'])
    t.same(reregistrations, [NOW + MINUTE])
  },
)

t.test('generation 1: many callers find a dead token and cause one POST /auth', async (t) => {
  const { tokens, asked, pass } = await start(t, 1)
  const token = await tokens.get()
  await tokens.refused(token)
  pass(MINUTE)
  await Promise.all(Array.from({ length: 20 }, () => tokens.refused(token)))
  t.equal(asked(), 2)
})

t.test('generation 1: an accepted call restarts the minute', async (t) => {
  const { tokens, asked, pass } = await start(t, 1)
  const token = await tokens.get()
  await tokens.refused(token)
  pass(MINUTE - 1)
  tokens.accepted()
  pass(1)
  await tokens.refused(token)
  t.equal(asked(), 1)
})

t.test('generation 1: a clock that is put back restarts the minute', async (t) => {
  const { tokens, asked, pass } = await start(t, 1)
  const token = await tokens.get()
  await tokens.refused(token)
  pass(-60 * MINUTE)
  await tokens.refused(token)
  pass(MINUTE - 1)
  await tokens.refused(token)
  t.equal(asked(), 1)
  pass(1)
  await tokens.refused(token)
  t.equal(asked(), 2)
})

t.test('generation 1: a new token has a minute of its own', async (t) => {
  const { tokens, asked, pass } = await start(t, 1)
  const token = await tokens.get()
  await tokens.refused(token)
  pass(MINUTE)
  await tokens.refused(token)
  await tokens.refused(await tokens.get())
  t.equal(asked(), 2)
})

t.test('generation 1: a late 401 for a token that was replaced says nothing', async (t) => {
  const { tokens, asked, pass } = await start(t, 1)
  const token = await tokens.get()
  await tokens.refused(token)
  pass(MINUTE)
  await tokens.refused(token)
  pass(MINUTE)
  await tokens.refused(token)
  t.equal(asked(), 2)
})

for (const generation of [1, 2] as const) {
  t.test(`generation ${generation}: a token that another instance renewed is used`, async (t) => {
    const { tokens, another, asked, pass, service } = await start(t, generation)
    const before = await tokens.get()
    service.state.revokeTokens()
    const other = another()
    await other.tokens.refused(before)
    pass(MINUTE)
    await other.tokens.refused(before)
    const after = await other.tokens.get()
    t.not(after, before)
    t.equal(await tokens.get(), after)
    await tokens.refused(before)
    t.equal(asked(), 2)
  })
}

/** A store in which another instance, faster, has put its token by the time that ours is saved. */
function storeWithRival(account = 'account') {
  const store = credentialsInMemory()
  const rival = { account, accessToken: 'of the other instance', expiresAt: null }
  return {
    ...store,
    async saveCredentials(...[credentials, expected]: Parameters<TokenStore['saveCredentials']>) {
      await store.saveCredentials(rival, expected)
      return store.saveCredentials(credentials, expected)
    },
  }
}

t.test('an instance that lost the race for a token uses that of the winner', async (t) => {
  const { tokens, renewals, asked } = await start(t, 1, storeWithRival())
  t.equal(await tokens.get(), 'of the other instance')
  t.equal(await tokens.get(), 'of the other instance')
  t.same(renewals, [], 'its own was not kept')
  t.equal(asked(), 1)
})

t.test('a token of another account is not used, though it won the race', async (t) => {
  const { tokens } = await start(t, 1, storeWithRival('another'))
  await t.rejects(tokens.get(), {
    fault: 'unauthorized',
    message: /give all instances the same OFFERS_BASE_URL and OFFERS_REFRESH_TOKEN$/,
  })
})

t.test('a token that was renewed after it was read is not renewed again', async (t) => {
  const store = credentialsInMemory()
  const { tokens, asked } = await start(t, 1, {
    ...store,
    async credentials() {
      const read = await store.credentials()
      const renewed = { account: 'account', accessToken: 'renewed', expiresAt: null }
      if (!read) await store.saveCredentials(renewed, null)
      return read
    },
  })
  t.equal(await tokens.get(), 'renewed')
  t.equal(asked(), 0)
})

t.test('a token that another instance got is used if the service issues no other', async (t) => {
  const store = credentialsInMemory()
  const baseUrl = await listen(t, async (_request, response) => {
    await store.saveCredentials({ account: 'account', accessToken: 'new', expiresAt: null }, null)
    response.writeHead(400).end('{}')
  })
  const { tokens, breaker } = startClient(t, baseUrl, { store, refreshToken: 'mine' })
  t.equal(await tokens.get(), 'new')
  t.equal(breaker.pausedUntil, null)
})

t.test('an instance waits for another one that asks for a token, and takes that', async (t) => {
  const store = credentialsInMemory()
  const rival = { account: 'account', accessToken: 'of the other instance', expiresAt: null }
  const { tokens, asked } = await start(t, 1, {
    ...store,
    async renewAlone() {
      await store.saveCredentials(rival, null)
      return undefined
    },
  })
  t.equal(await tokens.get(), 'of the other instance')
  t.equal(asked(), 0)
})

t.test(
  'a call waits for its next turn if another instance asked for a token in vain',
  async (t) => {
    const { tokens, asked } = await start(t, 1, {
      ...credentialsInMemory(),
      renewAlone: async () => undefined,
    })
    await t.rejects(tokens.get(), { fault: 'paused', message: /and got none$/ })
    t.equal(asked(), 0)
  },
)

t.test('an unsaved token is not used after another instance has stored one', async (t) => {
  const store = credentialsInMemory()
  let failing = true
  const { tokens, pass, asked } = await start(t, 2, {
    ...store,
    async saveCredentials(...saved: Parameters<TokenStore['saveCredentials']>) {
      if (failing) throw new Error('disk full')
      return store.saveCredentials(...saved)
    },
  })
  await t.rejects(tokens.get(), { message: 'disk full' })
  const rival = { account: 'account', accessToken: 'of the other instance', expiresAt: NOW + LIFE }
  await store.saveCredentials(rival, null)
  t.equal(await tokens.get(), 'of the other instance')
  failing = false
  pass(LIFE)
  await tokens.get()
  t.equal(asked(), 2, 'the first token has expired too')
})

t.test('a token that the store fails to take is not lost', async (t) => {
  const store = credentialsInMemory()
  const failing = {
    ...store,
    saveCredentials: t.captureFn(async () => {
      throw new Error('disk full')
    }),
  }
  const { tokens, asked } = await start(t, 1, failing)
  await t.rejects(tokens.get(), { message: 'disk full' })
  await t.rejects(tokens.get(), { message: 'disk full' })
  t.equal(failing.saveCredentials.calls.length, 2)
  t.equal(asked(), 1, 'the service would open an account each time')
})
