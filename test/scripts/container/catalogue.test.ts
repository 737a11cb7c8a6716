import t from 'tap'
import {
  answers,
  createHistory,
  eventually,
  freePort,
  recall,
} from '../../../scripts/container/catalogue.ts'
import { startApp, startSimulator } from '../../helper.ts'

t.test('what a service remembers is the same when asked again', async (t) => {
  const { baseUrl } = await startSimulator(t, { tickMs: 500 })
  const app = await startApp(t, { OFFERS_BASE_URL: baseUrl, REFRESH_INTERVAL_SECONDS: '1' })
  const api = `${await app.listen({ host: '127.0.0.1', port: 0 })}/api/v1`
  const before = await createHistory(api)
  t.ok(before.prices.length > 1)
  t.ok(before.changes.length > 1)
  const end = String(before.prices.at(-1)?.at)
  t.strictSame(await recall(api, before.product.id, end), before)
  await t.rejects(recall(api, 'no-id', end), /answered 400/)
})

t.test('a service answers, or does not', async (t) => {
  const app = await startApp(t)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  t.equal(await answers(`${url}/health/live`), true)
  t.equal(await answers(`${url}/nowhere`), undefined)
  t.equal(await answers(`http://127.0.0.1:${await freePort()}`), undefined)
})

t.test('what never comes is waited for no longer than the limit', async (t) => {
  await t.rejects(
    eventually('an answer', 0, async () => undefined),
    { message: 'an answer: not within 0 s' },
  )
})
