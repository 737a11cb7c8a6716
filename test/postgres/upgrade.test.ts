/** A rolling upgrade: instances of the version before and of this one share a database. */
import t, { type Test } from 'tap'
import { DAY_MS } from '../../history/time.ts'
import type { ChangeList } from '../../schemas/change.ts'
import { eventually, startSimulator } from '../helper.ts'
import { call, type Running, SERVICE, start } from '../process.ts'
import { postgresDatabase } from './database.ts'
import { BEFORE, serviceBefore } from './release.ts'

const API = '/api/v1'
const PRODUCTS = 256

async function scene(t: Test) {
  const { baseUrl, answers } = await startSimulator(t, { tickMs: DAY_MS }) // Its offers stay the same, to be compared.
  const variables = {
    PORT: '0',
    DATABASE_URL: await postgresDatabase(t, { empty: true }),
    OFFERS_BASE_URL: baseUrl,
    REFRESH_INTERVAL_SECONDS: '2',
  }
  const before = await serviceBefore(t)
  return {
    answers,
    startBefore: () => start(t, before, variables),
    startThis: () => start(t, SERVICE, variables),
  }
}

async function createAll({ url }: Running, name: string, count: number): Promise<string[]> {
  const items = Array.from({ length: count }, (_, index) => ({ name: `${name} ${index}` }))
  const { json } = await call('POST', `${url}${API}/products/batch`, { items })
  return json.items.map(({ product }: { product: { id: string } }) => product.id)
}

/** The polls that an instance has made itself. */
async function pollsOf({ url }: Running): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  const counts = metrics.matchAll(
    /^offers_call_duration_seconds_count\{.*call="offers".*\} (\d+)$/gm,
  )
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

/** Asserts that an instance serves: reads, searches, creates, changes and deletes. */
async function serves(t: Test, running: Running, known: string): Promise<void> {
  const at = `${running.url}${API}`
  t.equal((await call('GET', `${running.url}/health/ready`)).status, 200)
  t.match((await call('GET', `${at}/products/${known}`)).json, { id: known })
  for (const path of [
    `/products/${known}/offers`,
    `/products/${known}/trend`,
    '/products?limit=5&sort=name',
    '/products?q=ladder',
    '/movers',
    '/status',
  ]) {
    t.equal((await call('GET', at + path)).status, 200, path)
  }
  const { id } = (await call('POST', `${at}/products`, { name: 'Saw' })).json
  t.match(await call('PATCH', `${at}/products/${id}`, { name: 'Pump' }), {
    status: 200,
    json: { name: 'Pump' },
  })
  t.equal((await call('DELETE', `${at}/products/${id}`)).status, 204)
}

/** Asserts that the feed has no gap, as an instance shows it; gives its last place. */
async function feedOf(t: Test, { url }: Running): Promise<number> {
  let after = 0
  for (let more = true; more; ) {
    const answer = await call('GET', `${url}${API}/changes?after=${after}&limit=1000`)
    const { items, last_seq }: ChangeList = answer.json
    const expected = items.map((_, index) => after + 1 + index)
    t.same(
      items.map(({ seq }) => seq),
      expected,
      'no gap',
    )
    more = items.length > 0
    after = last_seq
  }
  return after
}

t.test(`${BEFORE} serves while this version starts, and both share the work`, async (t) => {
  const { startBefore, startThis, answers } = await scene(t)
  const old = await startBefore()
  const ids = await createAll(old, 'Ladder', PRODUCTS)
  const [known = ''] = ids
  const polled = async (running: Running) =>
    (await call('GET', `${running.url}${API}/products/${known}`)).json.checked_at
  await eventually(() => polled(old))

  const current = await startThis()
  for (const running of [old, current]) await serves(t, running, known)
  const [later = ''] = await createAll(old, 'Ladder, by the old one,', 1)
  const [newer = ''] = await createAll(current, 'Ladder, by the new one,', 1)
  for (const running of [old, current]) {
    for (const id of [later, newer]) {
      await eventually(
        async () => (await call('GET', `${running.url}${API}/products/${id}`)).json.checked_at,
      )
    }
  }
  for (const running of [old, current]) {
    const made = await pollsOf(running)
    await eventually(async () => (await pollsOf(running)) > made + PRODUCTS / 8)
  }
  for (const id of [known, later, newer]) {
    answers.set(id, [{ id: `offer of ${id}`, price: 4242, items_in_stock: 1 }])
    for (const running of [old, current]) {
      const lowest = async () =>
        (await call('GET', `${running.url}${API}/products/${id}`)).json.lowest_price
      await eventually(async () => (await lowest()) === 4242)
    }
  }
  await eventually(async () => (await feedOf(t, old)) > 0 && (await feedOf(t, current)) > 0)

  await current.stop('SIGKILL')
  const made = await pollsOf(old)
  await eventually(async () => (await pollsOf(old)) > made + 2 * PRODUCTS)
  await serves(t, old, newer)
})

t.test(`this version goes on where ${BEFORE} ended`, async (t) => {
  const { startBefore, startThis, answers } = await scene(t)
  const old = await startBefore()
  const [known = ''] = await createAll(old, 'Ladder', 10)
  answers.set(known, [{ id: 'own', price: 4242, items_in_stock: 1 }]) // The market gives some products no offer.
  const ids = async ({ url }: Running): Promise<string[]> => {
    const { json } = await call('GET', `${url}${API}/products/${known}/offers`)
    return json.items.map(({ id }: { id: string }) => id)
  }
  await eventually(async () => (await ids(old)).includes('own'))
  const seq = await feedOf(t, old)
  t.strictSame(await old.stop('SIGTERM'), [0, null])
  const current = await startThis()
  await serves(t, current, known)
  t.same(await ids(current), ['own'])
  t.ok((await feedOf(t, current)) > seq)
})
