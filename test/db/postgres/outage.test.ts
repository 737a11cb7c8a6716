import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { StoreUnavailable } from '../../../db/errors.ts'
import type { Product } from '../../../schemas/product.ts'
import { eventually } from '../../helper.ts'
import { execute, postgresServer } from '../../postgres/database.ts'
import { instance } from './instances.ts'

const UNAVAILABLE = { message: 'The store is unavailable' }

for (const signal of ['SIGINT', 'SIGKILL'] as const) {
  t.test(`a server that was ended by ${signal} is used again when it is back`, async (t) => {
    const server = await postgresServer(t)
    const store = await instance(t, server.url('postgres'))
    const { id } = await store.createProduct({ name: 'a' })
    await server.stop(signal)
    // A crashed server may still run a session when the commit is sent.
    await t.rejects(store.createProduct({ name: 'b' }), { message: /unavailable|is not known/ })
    await t.rejects(store.product(id), UNAVAILABLE)
    await t.rejects(store.check(), UNAVAILABLE)
    // The routes tell errors by their class: a class of its own was answered with 500, not 503.
    const error: Error | Product = await store.product(id).catch((error: Error) => error)
    t.equal(error.constructor, StoreUnavailable)
    await server.start()
    await eventually(() =>
      store.check().then(
        () => true,
        () => false,
      ),
    )
    t.equal((await store.product(id)).name, 'a')
    t.match(await store.createProduct({ name: 'c' }), { name: 'c' })
    t.match(await store.totals(), { products: 2 })
  })
}

t.test('a server that follows another one is not used until it takes over', async (t) => {
  const server = await postgresServer(t)
  const url = server.url('postgres')
  const store = await instance(t, url)
  const { id } = await store.createProduct({ name: 'a' })
  await server.stop()
  await writeFile(join(server.data, 'standby.signal'), '')
  await server.start()
  await t.rejects(store.product(id), UNAVAILABLE)
  await t.rejects(store.updateProduct(id, { name: 'b' }), UNAVAILABLE)
  await execute(url, 'SELECT pg_promote()')
  const name = () =>
    store.product(id).then(
      ({ name }) => name,
      () => undefined,
    )
  await eventually(async () => (await name()) === 'a')
  t.match(await store.updateProduct(id, { name: 'b' }), { name: 'b' })
})

t.test('a store is closed also while its server is gone', async (t) => {
  const server = await postgresServer(t)
  const store = await instance(t, server.url('postgres'))
  await server.stop()
  await t.resolves(store.close())
})
