import t, { type Test } from 'tap'
import type { Alert, AlertFiringList, AlertList, AlertPreview } from '../../schemas/alert.ts'
import { toTime } from '../../schemas/to-time.ts'
import { API, type App, createAll, isError, offer, startStill, UNKNOWN_ID } from './helper.ts'

const NOW = Date.UTC(2026, 10, 22, 8)
const URL = `${API}/alerts`
const MINUTE = 60_000

const BELOW = { type: 'price_below', price: 100 }

async function call(app: App, method: 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) {
  return app.inject({ method, url: `${URL}${url}`, payload })
}

/** A service with a product whose price was 120, and 90 a minute ago. */
async function started(t: Test) {
  const { app, add } = await startStill(t, NOW)
  const { id: productId } = await add('Mower', [
    [NOW - 10 * MINUTE, offer('a', 120)],
    [NOW - MINUTE, offer('a', 90)],
  ])
  return { app, add, productId }
}

t.test('an alert is created, read, changed and deleted', async (t) => {
  const { app, productId } = await started(t)
  const created = await call(app, 'POST', '', {
    ...{ name: ' Cheap ', product_id: productId.toUpperCase(), condition: BELOW, cooldown_s: 60 },
  })
  t.equal(created.statusCode, 201)
  const alert = created.json<Alert>()
  t.equal(created.headers.location, `${URL}/${alert.id}`)
  t.match(alert, {
    ...{ name: 'Cheap', product_id: productId, tag: null, condition: BELOW, rearm_percent: 0 },
    ...{ cooldown_s: 60, fire_if_true: false, enabled: true, last_fired_at: null },
  })
  t.same((await app.inject(`${URL}/${alert.id}`)).json(), alert)
  const patch = { name: 'b', rearm_percent: 2, cooldown_s: 1, fire_if_true: true }
  const changed = await call(app, 'PATCH', `/${alert.id}`, { ...patch, condition: BELOW })
  t.match(changed.json(), { ...patch, last_fired_at: toTime(NOW) })
  t.match((await call(app, 'PATCH', `/${alert.id}`, { enabled: false })).json(), {
    ...patch,
    enabled: false,
  })
  t.equal((await call(app, 'DELETE', `/${alert.id}`)).statusCode, 204)
  isError(t, await app.inject(`${URL}/${alert.id}`), 404, /no alert/, 'ALERT_NOT_FOUND')
})

t.test('alerts and firings are listed page by page', async (t) => {
  const { app, add } = await started(t)
  await add('Other', [[NOW - MINUTE, offer('a', 80)]])
  for (const name of ['a', 'b', 'c']) {
    await call(app, 'POST', '', { name, condition: BELOW, fire_if_true: true })
  }
  const names: string[] = []
  let path: string | undefined = `${URL}?limit=2`
  let id = ''
  while (path) {
    const response: Awaited<ReturnType<App['inject']>> = await app.inject(path)
    for (const alert of response.json<AlertList>().items) {
      names.push(alert.name)
      id = alert.id
    }
    path = /^<(.*)>; rel="next"$/.exec(String(response.headers.link))?.[1]
  }
  t.same(names, ['a', 'b', 'c'])
  const first = await app.inject(`${URL}/${id}/firings?limit=1`)
  const { items, next_cursor } = first.json<AlertFiringList>()
  const next = /^<(.*)>; rel="next"$/.exec(String(first.headers.link))?.[1] ?? ''
  const second = (await app.inject(next)).json<AlertFiringList>()
  t.same(
    [...items, ...second.items].map(({ price }) => price),
    [80, 90],
  )
  t.equal(second.next_cursor, null)
  const foreign = await app.inject(`${URL}?cursor=${next_cursor}`)
  isError(t, foreign, 400, /next_cursor of a page/)
})

t.test('a preview lists when an alert would have fired', async (t) => {
  const { app, productId } = await started(t)
  await app.inject({ method: 'POST', url: `${API}/products`, payload: { name: 'never polled' } })
  const tried = async (trial: object) =>
    (await call(app, 'POST', '/preview', trial)).json<AlertPreview>()
  const firing = {
    ...{ product_id: productId, at: toTime(NOW - MINUTE) },
    ...{ price: 90, previous_price: 120, reference: 100 },
  }
  t.same(await tried({ product_id: productId, condition: BELOW }), {
    ...{ from: toTime(NOW - 30 * 24 * 60 * MINUTE), to: toTime(NOW) },
    ...{ resolution: 'raw', products: 1, is_complete: true, items: [firing] },
  })
  t.match(await tried({ condition: BELOW }), { products: 2, items: [firing] })
  const late = { from: toTime(NOW - 30_000), to: toTime(NOW), condition: BELOW }
  t.match(await tried(late), { items: [] })
  t.match(await tried({ ...late, fire_if_true: true }), { items: [{ at: late.from }] })
  t.match(await tried({ tag: 'none', condition: BELOW }), { products: 0, items: [] })
  t.equal((await app.inject(URL)).json<AlertList>().items.length, 0, 'nothing is stored')
})

t.test(
  'a preview leaves out products that were deleted meanwhile, and says what it knows',
  async (t) => {
    const { app, productId } = await started(t)
    const tried = async () =>
      (await call(app, 'POST', '/preview', { condition: BELOW })).json<AlertPreview>()
    const { store } = app
    const product = await store.product(productId)
    const history = store.productHistory.bind(store)
    const items = [{ ...product, id: UNKNOWN_ID }, product, product]
    store.products = async () => ({ items, next: null })
    store.productHistory = async (id, window) => ({ ...(await history(id, window)), rawFrom: NOW })
    t.match(await tried(), { products: 2, resolution: 'hour', is_complete: true })
    store.products = async () => ({ items: Array.from({ length: 501 }, () => product), next: null })
    t.match(await tried(), { products: 500, is_complete: false })
  },
)

t.test('a preview looks at all products, page by page', async (t) => {
  const { app } = await started(t)
  await createAll(
    app,
    Array.from({ length: 100 }, (_, n) => ({ name: `${n}` })),
  )
  const tried = (await call(app, 'POST', '/preview', { condition: BELOW })).json<AlertPreview>()
  t.match(tried, { products: 101, is_complete: true })
})

const BAD: [condition: object, message: string | RegExp][] = [
  [{ type: 'price_below' }, 'A condition of the type price_below needs a price'],
  [{ type: 'drop', percent: 5 }, /needs a window of at most 365d/],
  [{ type: 'drop', percent: 5, window: '366d' }, /needs a window of at most 365d/],
  [{ type: 'drop', percent: 5, window: 'all' }, /needs a window of at most 365d/],
  [{ type: 'rise', window: '1h' }, /needs either percent or absolute/],
  [{ type: 'rise', percent: 5, absolute: 5, window: '1h' }, /needs either percent or absolute/],
  [{ type: 'new_low', window: '24h' }, /needs one of the windows 30d, 90d, 365d, all/],
  [{ type: 'stale' }, /needs for_s/],
  [{ type: 'back_in_stock', price: 5 }, /has no property price; leave it out/],
  [{ type: 'cheap' }, /^"condition.type" must be one of price_below, /],
  [
    { type: 'drop', percent: 5, window: '1w' },
    '"condition.window" must be minutes, hours or days, such as 90m, 24h or 7d, or all',
  ],
  [{ type: 'drop', percent: 0, window: '1h' }, '"condition.percent" must be more than 0'],
  [{ type: 'price_below', price: -1 }, '"condition.price" must be at least 0'],
]

for (const [condition, message] of BAD) {
  t.test(`refuses the condition ${JSON.stringify(condition)}`, async (t) => {
    const { app } = await started(t)
    isError(t, await call(app, 'POST', '', { name: 'a', condition }), 400, message)
    isError(t, await call(app, 'POST', '/preview', { condition }), 400, message)
  })
}

const NAMELESS: [payload: object, message: string][] = [
  [{}, 'Give the alert a name: the property "name" is missing'],
  [{ name: ' ' }, 'Give the alert a name: this one is blank'],
  [{ name: '\u200b' }, 'Give the alert a name: this one has only invisible characters'],
  [{ name: 'a'.repeat(256) }, 'The name has 256 characters; at most 255 are allowed'],
]

t.test('says that it is an alert that has no name', async (t) => {
  const { app } = await started(t)
  for (const [payload, message] of NAMELESS) {
    isError(t, await call(app, 'POST', '', { ...payload, condition: BELOW }), 400, message)
  }
})

t.test('refuses what it cannot watch', async (t) => {
  const { app } = await started(t)
  const about = { name: 'a', product_id: UNKNOWN_ID, condition: BELOW }
  isError(t, await call(app, 'POST', '', about), 404, /no product/)
  isError(t, await call(app, 'POST', '/preview', { ...about }), 404, /no product/)
  const backwards = { condition: BELOW, from: toTime(NOW), to: toTime(NOW - 1) }
  isError(t, await call(app, 'POST', '/preview', backwards), 400, /from must not be after to/)
  isError(t, await call(app, 'PATCH', `/${UNKNOWN_ID}`, {}), 400, /must name something to change/)
})

for (const condition of [
  { type: 'price_above', price: 5 },
  { type: 'drop', percent: 12.5, window: '90m' },
  { type: 'rise', absolute: 5, window: '365d' },
  { type: 'new_low', window: 'all' },
  { type: 'back_in_stock' },
  { type: 'out_of_stock' },
  { type: 'stale', for_s: 600 },
]) {
  t.test(`takes the condition ${JSON.stringify(condition)}`, async (t) => {
    const { app } = await started(t)
    const created = await call(app, 'POST', '', { name: 'a', condition })
    t.same(created.json<Alert>().condition, condition)
  })
}

t.test('an alert about both a product and a tag is refused', async (t) => {
  const { app, productId } = await started(t)
  const payload = { name: 'a', product_id: productId, tag: 'x', condition: BELOW }
  for (const url of ['', '/preview']) {
    const answer = await call(app, 'POST', url, payload)
    isError(t, answer, 400, 'Choose a product_id or a tag for the alert, not both')
  }
})

t.test('an alert and its preview are about the products with a tag', async (t) => {
  const { app, productId } = await started(t)
  await app.store.updateProduct(productId, { tags: ['\u017e'] })
  const about = { tag: ' z\u030c', condition: BELOW }
  t.equal((await call(app, 'POST', '', { name: 'a', ...about })).json<Alert>().tag, '\u017e')
  const tried = (await call(app, 'POST', '/preview', about)).json<AlertPreview>()
  t.match(tried, { products: 1, items: [{ product_id: productId, price: 90 }] })
})
