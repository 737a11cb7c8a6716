import t from 'tap'
import { type AccessTokenClaims, signAccessToken } from '../../simulator/access-token.ts'
import { DEFAULT_REFRESH_TOKEN } from '../../simulator/simulator.ts'
import { MINUTE, NOW, SECOND } from './clock.ts'
import { credentialsInMemory, openTestStore, startClient } from './helper.ts'
import { DAY, jwt, LIFE, start } from './token-keeper.ts'
import { answering, faultOf, listen } from './upstream.ts'

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

t.test(
  'generation 2: a client that lost the token pauses, and gets one after it expires',
  async (t) => {
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
  },
)

t.test('generation 2: a client that lost the token asks less and less often', async (t) => {
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
      // Regression: each token was replaced by another, and all products were registered again under it.
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
  // Regression: if the clock of the Offers service was slow, each call requested another token.
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

t.test('a bad refresh token is reported without showing it', async (t) => {
  const { service } = await start(t, 2)
  const { tokens } = startClient(t, service.baseUrl, { refreshToken: 'not-a-good-one' })
  await t.rejects(tokens.get(), { fault: 'unauthorized', message: /^(?!.*not-a-good-one).*401$/ })
})

t.test('if the service is down, there is no token, and it is asked again', async (t) => {
  const { tokens, service, asked } = await start(t, 1)
  service.faults.settings.next = [{ status: 500 }]
  t.equal(await faultOf(tokens.get()), 'unavailable')
  t.equal(await faultOf(tokens.get()), 'ok')
  t.equal(asked(), 2)
})
