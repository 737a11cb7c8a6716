import t from 'tap'
import { eventually, startSimulator } from '../helper.ts'
import { create, read } from '../routes/helper.ts'
import { buildLogged, type LogLine } from './helper.ts'

const has = (lines: LogLine[], msg: string) => lines.some((line) => line.msg === msg)
const DOWN = 'the Offers service is down; sending probes until it is back'
const BACK = 'the Offers service is back'
const SECOND = 1000

/** An app on a simulator that answers each request with 500, and a clock to set. */
async function startBroken(t: Parameters<typeof startSimulator>[0]) {
  const time = { now: Date.UTC(2026, 10, 22, 8) }
  const simulator = await startSimulator(t)
  Object.assign(simulator.faults.settings, { error_rate: 1, error_status: 500 })
  const { app, lines } = await buildLogged(
    t,
    { OFFERS_BASE_URL: simulator.baseUrl },
    { clock: () => time.now, random: () => 0.5 },
  )
  const { id } = await create(app, { name: 'Mower' })
  return { app, lines, simulator, time, id }
}

t.test('an outage and its end are logged and measured, and registrations go on', async (t) => {
  const { app, lines, simulator, time, id } = await startBroken(t)
  await eventually(() => {
    time.now += SECOND
    return has(lines, DOWN)
  })
  t.match(
    lines.find(({ msg }) => msg === DOWN),
    { level: 40, url: simulator.baseUrl },
  )
  t.match(await app.metrics.registry.metrics(), /^offers_breaker_open 1$/m)

  simulator.faults.settings.error_rate = 0
  await eventually(async () => {
    time.now += SECOND
    return (await read(app, id)).registration.status === 'registered'
  })
  t.match(
    lines.find(({ msg }) => msg === BACK),
    { level: 30, url: simulator.baseUrl },
  )
  t.match(await app.metrics.registry.metrics(), /^offers_breaker_open 0$/m)
})

t.test('a new access token is logged with its reason, and not shown', async (t) => {
  const simulator = await startSimulator(t)
  const { app, lines } = await buildLogged(t, { OFFERS_BASE_URL: simulator.baseUrl })
  const { id } = await create(app, { name: 'Mower' })
  await eventually(async () => (await read(app, id)).checked_at)
  const token = (await app.store.credentials())?.accessToken ?? ''
  const logged = lines.filter(({ msg }) => msg === 'got an access token from the Offers service')
  t.match(logged, [{ level: 30, reason: 'first' }])
  t.ok(token)
  t.notMatch(JSON.stringify(lines), token)
})

t.test('a token of another account is replaced, with a warning', async (t) => {
  const simulator = await startSimulator(t)
  const { app, lines } = await buildLogged(t, { OFFERS_BASE_URL: simulator.baseUrl })
  await app.ready()
  const another = { account: 'another', accessToken: 'x', expiresAt: null }
  await app.store.saveCredentials(another, await app.store.credentials())
  const { id } = await create(app, { name: 'Mower' })
  await eventually(async () => (await read(app, id)).checked_at)
  const logged = lines.filter(({ msg }) => msg === 'got an access token from the Offers service')
  t.match(logged, [{ level: 40, reason: 'account-changed' }])
})
