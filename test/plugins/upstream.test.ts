import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { eventually, startApp, temporaryFolder } from '../helper.ts'
import { create, NO_UPSTREAM, read } from '../routes/helper.ts'
import { buildLogged } from './helper.ts'

t.test('the Offers service is the one that the configuration names', async (t) => {
  const baseUrl = NO_UPSTREAM.OFFERS_BASE_URL
  const { upstream } = await startApp(t, NO_UPSTREAM)
  t.strictSame(upstream, { baseUrl, simulated: false, account: baseUrl, refreshToken: undefined })
})

t.test('a slash at its end is neither another place nor another account', async (t) => {
  const { upstream } = await startApp(t, { OFFERS_BASE_URL: `${NO_UPSTREAM.OFFERS_BASE_URL}/` })
  t.match(upstream, {
    baseUrl: NO_UPSTREAM.OFFERS_BASE_URL,
    account: NO_UPSTREAM.OFFERS_BASE_URL,
  })
})

t.test('a refresh token makes an account of its own, whose name does not show it', async (t) => {
  const { upstream } = await startApp(t, { ...NO_UPSTREAM, OFFERS_REFRESH_TOKEN: '5ecret' })
  t.equal(upstream.refreshToken, '5ecret')
  t.match(upstream.account, /^http:\/\/127\.0\.0\.1:1\/api\/v1 [0-9a-f]{64}$/)
  t.notMatch(upstream.account, '5ecret')
})

t.test('without one the built-in simulator serves offers, and the log warns of it', async (t) => {
  const folder = await temporaryFolder(t)
  const { app, lines } = await buildLogged(t, {
    DATABASE_URL: `file:${join(folder, 'test.db')}`,
    OFFERS_BASE_URL: '',
  })
  const { id } = await create(app, { name: 'Mower' })
  await eventually(async () => (await read(app, id)).checked_at)
  t.match(
    lines.find(({ level }) => level === 40),
    {
      msg: 'OFFERS_BASE_URL is not set: the built-in simulator makes up all offers',
      url: app.upstream.baseUrl,
    },
  )
  t.match(await readFile(join(folder, 'test.db.simulator'), 'utf8'), id)
})

t.test('SIMULATOR_STATE names the file of its state', async (t) => {
  const SIMULATOR_STATE = join(await temporaryFolder(t), 'state')
  const app = await startApp(t, { SIMULATOR_STATE })
  const { id } = await create(app, { name: 'Mower' })
  await eventually(async () => (await read(app, id)).checked_at)
  t.match(await readFile(SIMULATOR_STATE, 'utf8'), id)
})

t.test('the simulator ends with the service, and knows its products after a restart', async (t) => {
  const folder = await temporaryFolder(t)
  const DATABASE_URL = `file:${join(folder, 'test.db')}`
  const variables = { DATABASE_URL, REFRESH_INTERVAL_SECONDS: '1' }
  const before = await startApp(t, variables)
  const { id } = await create(before, { name: 'Mower' })
  await eventually(async () => (await read(before, id)).checked_at)
  await before.close()
  await t.rejects(fetch(before.upstream.baseUrl))

  const after = await startApp(t, variables)
  const { checked_at } = await read(after, id)
  await eventually(async () => (await read(after, id)).checked_at !== checked_at)
  t.equal((await read(after, id)).registration.status, 'registered')
})

t.test('SIMULATOR_TICK_SECONDS sets how often its offers change', async (t) => {
  const DATABASE_URL = `file:${join(await temporaryFolder(t), 'test.db')}`
  const app = await startApp(t, {
    DATABASE_URL,
    OFFERS_BASE_URL: '',
    SIMULATOR_TICK_SECONDS: '0.01',
    REFRESH_INTERVAL_SECONDS: '1',
  })
  const { id } = await create(app, { name: 'Mower' })
  const offers = async () => (await app.inject(`/api/v1/products/${id}/offers`)).json().items
  await eventually(async () => (await offers()).length > 0)
  const before = await offers()
  await eventually(async () => JSON.stringify(await offers()) !== JSON.stringify(before))
})
