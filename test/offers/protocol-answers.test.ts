import { DEFAULT_REFRESH_TOKEN } from '../../simulator/simulator.ts'
import { eventually, startApp, startSimulator } from '../helper.ts'
import { MINUTE } from './clock.ts'
import { listen } from './upstream.ts'
import { clientOf, ID, iso, OFFER, prepare, test } from './whole-service.ts'

const malformed: [name: string, body: string | Buffer][] = [
  ['nothing', ''],
  ['no JSON', '<html>'],
  ['JSON that is cut off', '[{"id":"a","price":1000,'],
  ['invalid UTF-8', Buffer.from([0x5b, 0xff, 0x5d])],
  ['an object', JSON.stringify({ offers: [OFFER] })],
  ['null', 'null'],
  ['a missing field', '[{"id":"a","price":1000}]'],
  ['a price with a fraction', JSON.stringify([{ ...OFFER, price: 0.5 }])],
  ['a negative price', JSON.stringify([{ ...OFFER, price: -1 }])],
  ['a price as text', JSON.stringify([{ ...OFFER, price: '1000' }])],
  ['an id twice', JSON.stringify([OFFER, OFFER])],
  ['an id with NUL', '[{"id":"\\u0000","price":1,"items_in_stock":1}]'],
  ['an id with a lone surrogate', '[{"id":"\\ud800","price":1,"items_in_stock":1}]'],
  ['a good offer beside a bad one', JSON.stringify([{ ...OFFER, id: 'b' }, {}])],
  ['more than 1 MiB', `[${' '.repeat(1024 * 1024)}]`],
]
test('a 200 that is no valid array of offers leaves the known ones, whatever it is', async (t) => {
  const bodies = new Map<string, string | Buffer>()
  const served = new Map<string, number>()
  const baseUrl = await listen(t, ({ method, url }, response) => {
    if (method === 'POST') {
      response.writeHead(201).end('{"access_token":"token"}')
      return
    }
    const id = url?.split('/').at(-2) ?? ''
    const body = bodies.get(id)
    if (body !== undefined) served.set(id, (served.get(id) ?? 0) + 1)
    response.end(body ?? JSON.stringify([OFFER]))
  })
  const app = await startApp(t, { OFFERS_BASE_URL: baseUrl, REFRESH_INTERVAL_SECONDS: '1' })
  const { create, offers, metric, product } = clientOf(app)
  const ids = await Promise.all(malformed.map(([name]) => create(name)))
  for (const id of ids) await eventually(async () => (await product(id)).offers_count === 1)
  for (const [index, id] of ids.entries()) bodies.set(id, malformed[index]?.[1] ?? '')
  // A second poll of a product starts after the first one was judged and written.
  await eventually(() => ids.every((id) => (served.get(id) ?? 0) > 1))

  const counted = await metric(
    'offers_call_duration_seconds_count{call="offers",result="malformed"}',
  )
  t.ok(counted >= malformed.length, `${counted} are counted`)
  for (const [index, id] of ids.entries()) {
    const name = malformed[index]?.[0] ?? ''
    t.match(await offers(id), { items: [OFFER] }, name)
    t.match(
      await product(id),
      { refresh: { fault: 'malformed', message: /answer|Offer at/ } },
      name,
    )
  }
})

test('a valid array is the truth: listed, changed, delisted and listed again', async (t) => {
  const { boot, at, service } = await prepare(t)
  const [a, b] = [OFFER, { ...OFFER, id: 'b', price: 900 }]
  service.answers.set(ID, [a, b])
  const { create, checked, offers, product } = await boot({}, () => ID)
  const id = await create()
  await checked(id, 0)
  const born = { first_seen_at: iso(0), changed_at: iso(0), lowest_prior_30d: null }
  t.same((await offers(id)).items, [
    { ...b, ...born },
    { ...a, ...born },
  ])

  const cheaper = { ...a, price: 800 }
  service.answers.set(id, [cheaper])
  at(MINUTE)
  await checked(id, MINUTE)
  const changed = { ...born, changed_at: iso(MINUTE), lowest_prior_30d: a.price }
  t.same((await offers(id)).items, [{ ...cheaper, ...changed }], 'one changed, one delisted')
  t.match(await product(id), { offers_count: 1, lowest_price: 800 })

  service.answers.set(id, [cheaper, b])
  at(2 * MINUTE)
  await checked(id, 2 * MINUTE)
  t.same(
    (await offers(id)).items,
    [
      { ...cheaper, ...changed },
      { ...b, ...born, changed_at: iso(2 * MINUTE) },
    ],
    'the same is left as it was, the delisted one is back as itself',
  )

  service.answers.set(id, [])
  at(3 * MINUTE)
  await checked(id, 3 * MINUTE)
  t.same((await offers(id)).items, [])
  t.match(await product(id), { offers_count: 0, lowest_price: null, stale: false })
})

test('integer ids of the first generation are kept as text, unchanged', async (t) => {
  const { boot, service } = await prepare(t)
  service.answers.set(ID, [
    { ...OFFER, id: 17 },
    { ...OFFER, id: '017' },
    { ...OFFER, id: Number.MAX_SAFE_INTEGER },
  ])
  const { create, checked, offers } = await boot({}, () => ID)
  const id = await create()
  await checked(id, 0)
  const ids = (await offers(id)).items.map((offer) => offer.id)
  t.same(ids, ['017', '17', '9007199254740991'])
})

test('another base URL: a new token is requested and all products are registered again', async (t) => {
  const { boot, requests, time } = await prepare(t)
  const next = await startSimulator(t, { clock: time.clock })
  const before = await boot()
  const ids = [await before.create(), await before.create()]
  for (const id of ids) await before.checked(id, 0)
  await before.app.close()
  const earlier = { ...requests }
  time.at(MINUTE)
  const after = await boot({ OFFERS_BASE_URL: next.baseUrl })
  for (const id of ids) await after.checked(id, MINUTE)
  t.equal(next.served.requests.auth, 1)
  t.equal(next.served.statuses.register[201], 2)
  t.same(requests, earlier, 'the one before is left alone')
})

test('another refresh token: a new token is requested and all products are registered again', async (t) => {
  const refreshTokens = [DEFAULT_REFRESH_TOKEN, 'of-another-person']
  const { boot, answers, at, service } = await prepare(t, { generation: 2, refreshTokens })
  const before = await boot()
  const ids = [await before.create(), await before.create()]
  for (const id of ids) await before.checked(id, 0)
  await before.app.close()
  at(MINUTE)
  const after = await boot({ OFFERS_REFRESH_TOKEN: 'of-another-person' })
  for (const id of ids) await after.checked(id, MINUTE)
  t.same(answers('auth'), ['201 +0', `201 +${MINUTE}`])
  t.equal(service.state.accounts.get('of-another-person')?.products.size, 2)
})

test('close lets the polls under way end and writes what came', async (t) => {
  const { boot, faults, requests } = await prepare(t)
  Object.assign(faults, { calls: ['offers'], next: [{ latency_ms: 100 }] })
  const before = await boot()
  const id = await before.create()
  await eventually(() => requests.offers === 1)
  await before.app.close()
  const after = await boot()
  t.match(await after.app.store.product(id), {
    registration: { status: 'registered' },
    checked_at: iso(0),
  })
})
