import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { eventually, startSimulator, temporaryFolder } from './helper.ts'
import { call, SERVICE, start } from './process.ts'

const API = '/api/v1'

/** Rounds of killing; the default keeps the suite short. */
const KILL_ROUNDS = Number(process.env.KILL_ROUNDS ?? 2)

t.test('killed again and again, the service loses nothing that it acknowledged', async (t) => {
  const simulator = await startSimulator(t)
  const path = join(await temporaryFolder(t), 'test.db')
  const variables = {
    PORT: '0',
    DATABASE_URL: `file:${path}`,
    OFFERS_BASE_URL: simulator.baseUrl,
    REFRESH_INTERVAL_SECONDS: '1',
  }
  const acknowledged: string[] = []
  const first = await start(t, SERVICE, variables)
  await call('POST', `${first.url}${API}/products`, { name: 'the first, for which a token is got' })
  await eventually(() => simulator.served.requests.offers > 0)
  await first.stop('SIGKILL')
  for (let round = 0; round < KILL_ROUNDS; round++) {
    const service = await start(t, SERVICE, variables)
    const killed = new Promise<void>((resolve) => {
      setTimeout(() => service.stop('SIGKILL').then(() => resolve()), 50 + Math.random() * 700)
    })
    const creating = Array.from({ length: 8 }, async (_, creator) => {
      for (let n = 0; ; n++) {
        const body = { name: `product ${round} ${creator} ${n}` }
        const answer = await call('POST', `${service.url}${API}/products`, body).catch(() => null)
        if (!answer) return
        t.equal(answer.status, 201)
        acknowledged.push(answer.json.id)
      }
    })
    await Promise.all([killed, ...creating])
    const db = new Database(path)
    t.equal(db.pragma('integrity_check', { simple: true }), 'ok')
    db.close()
  }

  const service = await start(t, SERVICE, { ...variables, REFRESH_INTERVAL_SECONDS: '60' })
  await eventually(async () => {
    const { json } = await call('GET', `${service.url}${API}/status`)
    return json.registrations_pending === 0 && json.refresh.within_target === 1
  })
  for (const id of acknowledged) {
    const { registration } = (await call('GET', `${service.url}${API}/products/${id}`)).json
    if (registration?.status !== 'registered') t.fail(`${id} is ${registration?.status}`)
  }
  t.equal(simulator.served.requests.auth, 1, 'one token was enough')
  t.comment(`${acknowledged.length} products in ${KILL_ROUNDS} rounds`)
  await service.stop('SIGTERM')
})
