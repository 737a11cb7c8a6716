import t, { type Test } from 'tap'
import { expiryOf, type TokenStore } from '../../offers/token.ts'
import {
  ACCESS_TOKEN_SECONDS,
  type AccessTokenClaims,
  signAccessToken,
} from '../../simulator/access-token.ts'
import { DEFAULT_REFRESH_TOKEN } from '../../simulator/simulator.ts'
import { startSimulator } from '../helper.ts'
import { MINUTE, NOW, SECOND, stoppedClock } from './clock.ts'
import { credentialsInMemory, openTestStore, startClient } from './helper.ts'
import { answering, faultOf, listen } from './upstream.ts'

const DAY = 24 * 60 * MINUTE
const LIFE = ACCESS_TOKEN_SECONDS * SECOND

/** The service and a keeper of its token, by two clocks. Another keeper is made on the same store. */
async function start(t: Test, generation: 1 | 2, given?: TokenStore) {
  const time = stoppedClock()
  const upstream = stoppedClock()
  const service = await startSimulator(t, { generation, clock: upstream.clock })
  const memory = credentialsInMemory()
  const store = given ?? memory
  const refreshToken = generation === 2 ? DEFAULT_REFRESH_TOKEN : undefined
  const options = { clock: time.clock, store, refreshToken }
  const keeper = startClient(t, service.baseUrl, options)
  return {
    ...keeper,
    ...{ time, upstream, service, store, reregistrations: memory.reregistrations },
    asked: () => service.served.requests.auth,
    another: (account?: string) => startClient(t, service.baseUrl, { ...options, account }),
    /** Both clocks go on. */
    pass(ms: number) {
      time.now += ms
      upstream.now += ms
    },
  }
}

const jwt = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`

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

t.test('generation 1: 401 for a minute ends a token, and registers all anew', async (t) => {
  const { tokens, asked, pass, reregistrations, renewals } = await start(t, 1)
  const token = await tokens.get()
  await tokens.refused(token)
  pass(MINUTE)
  await tokens.refused(token)
  t.not(await tokens.get(), token)
  t.equal(asked(), 2)
  t.same(renewals, ['first', 'dead'])
  t.same(reregistrations, [NOW + MINUTE])
})

t.test('generation 1: many callers find a dead token and cause one POST /auth', async (t) => {
  const { tokens, asked, pass } = await start(t, 1)
  const token = await tokens.get()
  await tokens.refused(token)
  pass(MINUTE)
  await Promise.all(Array.from({ length: 20 }, () => tokens.refused(token)))
  t.equal(asked(), 2)
})

t.test('generation 1: one call that is accepted begins the minute anew', async (t) => {
  const { tokens, asked, pass } = await start(t, 1)
  const token = await tokens.get()
  await tokens.refused(token)
  pass(MINUTE - 1)
  tokens.accepted()
  pass(1)
  await tokens.refused(token)
  t.equal(asked(), 1)
})

t.test('generation 1: a clock that is put back begins the minute anew', async (t) => {
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

t.test('generation 2: the refresh token is sent as Bearer, the expiry is kept', async (t) => {
  const expires = NOW / SECOND + 77
  const accessToken = signAccessToken({ token: 'x', expires } satisfies AccessTokenClaims)
  const sent: unknown[] = []
  const baseUrl = await listen(t, ({ method, url, headers }, response) => {
    sent.push([method, url, headers.bearer, headers.authorization])
    response.writeHead(201).end(JSON.stringify({ access_token: accessToken }))
  })
  const { tokens, store } = startClient(t, baseUrl, { refreshToken: 'mine' })
  t.equal(await tokens.get(), accessToken)
  t.same(sent, [['POST', '/api/v1/auth', 'mine', undefined]])
  t.match(await store.credentials(), { accessToken, expiresAt: NOW + 77 * SECOND })
})

t.test('generation 2: a token that does not say when it ends ends in five minutes', async (t) => {
  const baseUrl = await answering(t, 201, '{"access_token":"opaque"}')
  const { tokens, store } = startClient(t, baseUrl, { refreshToken: 'mine' })
  await tokens.get()
  t.match(await store.credentials(), { expiresAt: NOW + 5 * MINUTE })
})

t.test('generation 2: a token is renewed when it has expired and not before', async (t) => {
  const { tokens, asked, pass, renewals, reregistrations } = await start(t, 2)
  const first = await tokens.get()
  pass(LIFE - 1)
  t.equal(await tokens.get(), first)
  t.equal(asked(), 1)
  pass(1)
  t.not(await tokens.get(), first)
  t.equal(asked(), 2)
  t.same(renewals, ['first', 'expired'])
  t.same(reregistrations, [], 'products are tied to the refresh token')
})

t.test('generation 2: many callers find an expired token and cause one POST /auth', async (t) => {
  const { tokens, asked, pass } = await start(t, 2)
  await tokens.get()
  pass(LIFE)
  await Promise.all(Array.from({ length: 20 }, () => tokens.get()))
  t.equal(asked(), 2)
})

t.test('generation 2: the next process keeps to the expiry', async (t) => {
  const { tokens, asked, pass, another } = await start(t, 2)
  const first = await tokens.get()
  pass(LIFE - 1)
  const next = another()
  t.equal(await next.tokens.get(), first)
  pass(1)
  t.not(await next.tokens.get(), first)
  t.equal(asked(), 2)
})

t.test('generation 2: who lost the token pauses, and gets one after its end', async (t) => {
  const { tokens, service, pass, breaker, asked } = await start(t, 2)
  const lost = startClient(t, service.baseUrl, { refreshToken: DEFAULT_REFRESH_TOKEN })
  await lost.tokens.get()
  await t.rejects(tokens.get(), { fault: 'paused', message: /lost access token to expire/ })
  t.equal(breaker.pausedUntil, NOW + 5 * SECOND)
  t.equal(await faultOf(tokens.get()), 'paused')
  t.equal(asked(), 2, 'no call during the pause')
  pass(LIFE)
  await t.resolves(tokens.get())
  t.equal(asked(), 3)
})

t.test('generation 2: who lost the token asks less and less often', async (t) => {
  const { tokens, service, pass, breaker, asked } = await start(t, 2)
  const lost = startClient(t, service.baseUrl, { refreshToken: DEFAULT_REFRESH_TOKEN })
  await lost.tokens.get()
  const waits: number[] = []
  let total = 0
  for (let n = 0; n < 5; n++) {
    t.equal(await faultOf(tokens.get()), 'paused')
    const wait = Number(breaker.pausedUntil) - NOW - total
    waits.push(wait / SECOND)
    total += wait
    pass(wait)
  }
  t.same(waits, [5, 10, 20, 30, 30])
  t.equal(asked(), 6)
})

t.test('generation 2: a clock that is ahead does not cost a token that lives', async (t) => {
  const { tokens, asked, time, breaker } = await start(t, 2)
  const token = await tokens.get()
  time.now += LIFE
  t.equal(await tokens.get(), token)
  t.equal(asked(), 2)
  time.now += 5 * SECOND - 1
  t.equal(await tokens.get(), token)
  t.equal(asked(), 2, 'not asked for again within five seconds')
  time.now += 1
  t.equal(await tokens.get(), token)
  t.equal(asked(), 3)
  t.equal(breaker.pausedUntil, null)
})

t.test('generation 2: a clock that was ahead does not keep a token that has died', async (t) => {
  const { tokens, asked, time, pass } = await start(t, 2)
  const token = await tokens.get()
  time.now += DAY
  t.equal(await tokens.get(), token, 'the service gives no other')
  time.now -= DAY
  pass(LIFE)
  t.not(await tokens.get(), token)
  t.equal(asked(), 3)
})

t.test('generation 2: a clock that is put back does not hold up the next token', async (t) => {
  const { tokens, asked, time, upstream } = await start(t, 2)
  const token = await tokens.get()
  await tokens.refused(token)
  tokens.accepted()
  t.equal(asked(), 2, 'the service said that it lives')
  upstream.now += LIFE
  time.now += LIFE - 60 * MINUTE
  t.equal(await tokens.get(), token, 'by this clock it lives for an hour')
  await tokens.refused(token)
  t.not(await tokens.get(), token)
  t.equal(asked(), 3)
})

t.test('generation 2: a token that is refused is replaced at once', async (t) => {
  const { tokens, asked, service } = await start(t, 2)
  const token = await tokens.get()
  service.state.revokeTokens()
  await tokens.refused(token)
  t.not(await tokens.get(), token)
  t.equal(asked(), 2)
})

t.test('generation 2: many callers that are refused cause one POST /auth', async (t) => {
  const { tokens, asked, service } = await start(t, 2)
  const token = await tokens.get()
  service.state.revokeTokens()
  await Promise.all(Array.from({ length: 20 }, () => tokens.refused(token)))
  t.equal(asked(), 2)
})

t.test(
  'generation 2: a token that is refused while another lives is waited for, not used',
  async (t) => {
    const { tokens, asked, pass } = await start(t, 2)
    const token = await tokens.get()
    await tokens.refused(token)
    await t.rejects(tokens.refused(token), { message: /lost access token to expire/ })
    pass(SECOND)
    await t.rejects(tokens.refused(token), { message: /lost access token to expire/ })
    t.equal(asked(), 2, 'the service said that one lives, and is not asked again so soon')
    pass(5 * SECOND)
    await tokens.refused(token)
    t.equal(asked(), 3)
  },
)

t.test('generation 2: one 401 does not have a living token renewed every 5 seconds', async (t) => {
  // The 400 that answered the renewal moved the expiry to five seconds later, again and again.
  const { tokens, asked, pass } = await start(t, 2)
  const token = await tokens.get()
  await tokens.refused(token)
  tokens.accepted()
  pass(LIFE - 1)
  t.equal(await tokens.get(), token)
  t.equal(asked(), 2)
})

t.test('generation 2: a token kept without an expiry is used until it is refused', async (t) => {
  const store = credentialsInMemory()
  const { tokens, asked, service } = await start(t, 2, store)
  const kept = startClient(t, service.baseUrl, { refreshToken: DEFAULT_REFRESH_TOKEN })
  const accessToken = await kept.tokens.get()
  const before = await store.credentials()
  await store.saveCredentials({ account: 'account', accessToken, expiresAt: null }, before)
  t.equal(await tokens.get(), accessToken)
  t.equal(asked(), 1)
  await tokens.refused(accessToken)
  t.equal(await tokens.get(), accessToken, 'the service gives no other')
  t.equal(asked(), 2)
})

for (const generation of [1, 2] as const) {
  t.test(
    `generation ${generation}: a new token that is refused, too, is kept for a while`,
    async (t) => {
      // Each one was replaced by another, and all products registered anew under it.
      const { tokens, asked, pass, service } = await start(t, generation)
      await tokens.get()
      const refuse = async () => {
        service.state.revokeTokens()
        await tokens.refused(await tokens.get())
        pass(MINUTE)
        await tokens.refused(await tokens.get())
      }
      await refuse()
      t.equal(asked(), 2)
      await refuse()
      t.equal(asked(), 2, 'the new one was accepted by no call')
      tokens.accepted()
      await refuse()
      t.equal(asked(), 3, 'it was')
    },
  )
}

t.test('generation 1: a new token that is refused for ten minutes is replaced', async (t) => {
  const { tokens, asked, pass } = await start(t, 1)
  const refuse = async () => tokens.refused(await tokens.get())
  await refuse()
  pass(MINUTE)
  await refuse()
  pass(10 * MINUTE - 1)
  await refuse()
  t.equal(asked(), 2)
  pass(MINUTE)
  await refuse()
  t.equal(asked(), 3)
})

t.test('generation 2: a token that is given with an expiry in the past is used', async (t) => {
  // Where the clock of the service was behind, each call asked for another token.
  const accessToken = jwt({ expires: NOW / SECOND - 60 })
  let asked = 0
  const baseUrl = await listen(t, (_request, response) => {
    asked += 1
    response.writeHead(201).end(JSON.stringify({ access_token: accessToken }))
  })
  const { tokens } = startClient(t, baseUrl, { refreshToken: 'mine' })
  for (let n = 0; n < 3; n++) t.equal(await tokens.get(), accessToken)
  t.equal(asked, 1)
})

t.test('what the service says of the expiry can be written to a database', async (t) => {
  const accessToken = jwt({ expires: NOW / SECOND + 300.123456 })
  const baseUrl = await answering(t, 201, JSON.stringify({ access_token: accessToken }))
  const store = await openTestStore(t, () => NOW)
  await startClient(t, baseUrl, { store, refreshToken: 'mine' }).tokens.get()
  t.match(await store.credentials(), { accessToken, expiresAt: NOW + 300_123 })
})

const refusals: [name: string, status: number, body: string][] = [
  ['200', 200, '{"access_token":"x"}'],
  ['201 without JSON', 201, ''],
  ['201 without a token', 201, '{}'],
  ['201 with an empty token', 201, '{"access_token":""}'],
  ['201 with a token that is no text', 201, '{"access_token":1}'],
  ['201 with a token that no header can hold', 201, '{"access_token":"a\\r\\nb"}'],
  ['400', 400, '{"code":"BAD_REQUEST","msg":"no"}'],
  ['401', 401, '{}'],
  ['404', 404, '{}'],
  ['422', 422, '{}'],
]
for (const [name, status, body] of refusals) {
  t.test(`POST /auth answered with ${name} gives no token and pauses all calls`, async (t) => {
    const { tokens, breaker, store } = startClient(t, await answering(t, status, body))
    const message = new RegExp(`POST /auth was answered ${status}$`)
    await t.rejects(tokens.get(), { fault: 'unauthorized', message })
    t.equal(breaker.pausedUntil, NOW + 30 * SECOND)
    t.equal(await store.credentials(), null)
  })
}

t.test('POST /auth with a token that is too large to be read pauses all calls', async (t) => {
  // It was asked again with each call, and opened an account each time.
  const { tokens, breaker } = startClient(t, await answering(t, 201, 'x'.repeat(2 ** 20 + 1)))
  t.equal(await faultOf(tokens.get()), 'unauthorized')
  t.equal(breaker.pausedUntil, NOW + 30 * SECOND)
})

t.test('a bad refresh token is told without showing it', async (t) => {
  const { service } = await start(t, 2)
  const { tokens } = startClient(t, service.baseUrl, { refreshToken: 'not-a-good-one' })
  await t.rejects(tokens.get(), { fault: 'unauthorized', message: /^(?!.*not-a-good-one).*401$/ })
})

t.test('a service that is down gives no token and is asked again', async (t) => {
  const { tokens, service, asked } = await start(t, 1)
  service.faults.settings.next = [{ status: 500 }]
  t.equal(await faultOf(tokens.get()), 'unavailable')
  t.equal(await faultOf(tokens.get()), 'ok')
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

t.test('a token that another instance got is used where the service gives no other', async (t) => {
  const store = credentialsInMemory()
  const baseUrl = await listen(t, async (_request, response) => {
    await store.saveCredentials({ account: 'account', accessToken: 'new', expiresAt: null }, null)
    response.writeHead(400).end('{}')
  })
  const { tokens, breaker } = startClient(t, baseUrl, { store, refreshToken: 'mine' })
  t.equal(await tokens.get(), 'new')
  t.equal(breaker.pausedUntil, null)
})

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
