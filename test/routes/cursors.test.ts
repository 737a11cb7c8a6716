import t from 'tap'
import { startApp } from '../helper.ts'
import { createAll, isError, list, NO_UPSTREAM, PRODUCTS } from './helper.ts'

const CURSOR =
  'The query parameter cursor must be the next_cursor of a page with the same sort and filters'

/** Queries that find nothing: for signs alone the store is not even asked. */
const empty = [
  'q=!',
  'q=%F0%9F%9B%92',
  'q=!&sort=-name&limit=1',
  'q=!&in_stock=true&stale=true&registration=registered',
  'q=nothing',
  'in_stock=true',
  'in_stock=true&sort=lowest_price',
  'stale=false',
  'registration=rejected',
]

t.test('a list that is empty refuses the cursors that are not its own', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  await createAll(app, [{ name: 'Mower' }, { name: 'Saw' }])
  const { next_cursor: foreign } = await list(app, 'sort=name&limit=1')
  for (const query of empty) {
    t.strictSame((await list(app, query)).items, [], query)
    for (const cursor of ['garbage', '!', 'AAAA', foreign]) {
      await t.test(`${query}&cursor=${cursor}`, async (t) => {
        isError(t, await app.inject(`${PRODUCTS}?${query}&cursor=${cursor}`), 400, CURSOR)
      })
    }
  }
})
