import { join } from 'node:path'
import t from 'tap'
import { EXAMPLE_OFFER_ID, EXAMPLE_PRODUCT } from '../../schemas/example.ts'
import { startApp, temporaryFolder } from '../helper.ts'
import { type App, create, list, NO_UPSTREAM, offersOf, PRODUCTS } from '../routes/helper.ts'

const idsIn = async (app: App) => (await list(app, '')).items.map(({ id }) => id)

async function databaseUrl(t: Parameters<typeof temporaryFolder>[0]) {
  return `file:${join(await temporaryFolder(t), 'test.db')}`
}

t.test('a new catalogue with simulated offers has the example product', async (t) => {
  const app = await startApp(t)
  t.match((await list(app, '')).items, [EXAMPLE_PRODUCT])
})

t.test('its offers are there from the start, and the example offer is one of them', async (t) => {
  const app = await startApp(t)
  const { items } = await offersOf(app, EXAMPLE_PRODUCT.id)
  t.ok(items.length > 1)
  t.match(
    items.find(({ id }) => id === EXAMPLE_OFFER_ID),
    { price: Number, items_in_stock: Number },
  )
})

t.test('a catalogue of a real Offers service does not have it', async (t) => {
  t.same(await idsIn(await startApp(t, NO_UPSTREAM)), [])
})

t.test('a catalogue that was used before does not get it', async (t) => {
  const DATABASE_URL = await databaseUrl(t)
  const before = await startApp(t, { ...NO_UPSTREAM, DATABASE_URL })
  const { id } = await create(before, { name: 'Mower' })
  await before.close()
  t.same(await idsIn(await startApp(t, { DATABASE_URL })), [id])
})

t.test('once deleted it does not come back', async (t) => {
  const DATABASE_URL = await databaseUrl(t)
  const before = await startApp(t, { DATABASE_URL })
  await before.inject({ method: 'DELETE', url: `${PRODUCTS}/${EXAMPLE_PRODUCT.id}` })
  await before.close()
  t.same(await idsIn(await startApp(t, { DATABASE_URL })), [])
})
