import t, { type Test } from 'tap'
import { soughtWords } from '../../../search/query.ts'
import { execute, postgresDatabase } from '../../postgres/database.ts'
import { createAll } from '../create-all.ts'
import { instance } from './instances.ts'

/** A database with 501 products that another version has indexed. */
async function outdated(t: Test): Promise<string> {
  const url = await postgresDatabase(t)
  const store = await instance(t, url)
  const items = Array.from({ length: 501 }, (_, n) => ({ name: `Lamp ${n}` }))
  await createAll(store, items)
  await store.close()
  await execute(url, "UPDATE products SET terms = '', name_key = ''")
  await execute(url, 'UPDATE search_state SET folding = folding - 1')
  return url
}

t.test('products that another version indexed are indexed again', async (t) => {
  const store = await instance(t, await outdated(t))
  const words = soughtWords('lamp 500')
  const { items } = await store.products({ sort: 'name', words, limit: 9 })
  t.match(items, [{ name: 'Lamp 500' }])
})

t.test('the progress of indexing is reported', async (t) => {
  const progress: [done: number, total: number][] = []
  await instance(t, await outdated(t), {
    observer: {
      committed: () => {},
      failed: (error) => t.fail(error),
      indexing: (done, total) => progress.push([done, total]),
    },
  })
  t.strictSame(progress, [
    [500, 501],
    [501, 501],
  ])
})
