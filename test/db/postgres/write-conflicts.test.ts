/** What another instance does at the same time. */
import t, { type Test } from 'tap'
import { WriteConflict } from '../../../db/postgres/connection.ts'
import { FeedDraft } from '../../../db/postgres/feed-draft.ts'
import { AlertLog } from '../../../db/postgres/operations/alert-log.ts'
import { createProducts } from '../../../db/postgres/operations/catalogue.ts'
import { eventually } from '../../helper.ts'
import { execute, openSession, postgresDatabase } from '../../postgres/database.ts'
import { instance } from './instances.ts'

/** A store, and a transaction of another instance that has created the product `theirs` with this external id. */
async function besideAnother(t: Test, externalId: string) {
  const url = await postgresDatabase(t)
  const store = await instance(t, url)
  const other = await openSession(t, url)
  await other.query('BEGIN')
  await other.query(
    `WITH made AS (
       INSERT INTO products (id, name, name_key, description, external_id, terms, created_at, updated_at)
       VALUES ('theirs', 'theirs', '', '', '${externalId}', '', 0, 0) RETURNING key
     ), polled AS (INSERT INTO polls (product_key) SELECT key FROM made)
     INSERT INTO listings (product_key) SELECT key FROM made`,
  )
  const isBlocked = async () => {
    const waiting = 'SELECT FROM pg_locks WHERE NOT granted'
    return (await execute(url, waiting)).rows.length > 0
  }
  /** Ends the other transaction when the store waits for it. */
  const commitWhenAwaited = async () => {
    await eventually(isBlocked)
    await other.query('COMMIT')
  }
  return { store, commitWhenAwaited }
}

t.test('a put updates the product that another instance creates meanwhile', async (t) => {
  const { store, commitWhenAwaited } = await besideAnother(t, 'x')
  const [put] = await Promise.all([store.putProduct('x', { name: 'ours' }), commitWhenAwaited()])
  t.match(put, { created: false, product: { id: 'theirs', name: 'ours' } })
})

t.test('a product is not created if another instance takes its external id', async (t) => {
  const { store, commitWhenAwaited } = await besideAnother(t, 'x')
  const created = store.createProduct({ name: 'ours', external_id: 'x' })
  const refused = t.rejects(created, { code: 'EXTERNAL_ID_TAKEN', message: /theirs/ })
  await Promise.all([refused, commitWhenAwaited()])
})

t.test('a change is refused if another instance takes the external id', async (t) => {
  const { store, commitWhenAwaited } = await besideAnother(t, 'x')
  const { id } = await store.createProduct({ name: 'ours' })
  const changed = store.updateProduct(id, { external_id: 'x' })
  await Promise.all([t.rejects(changed, { code: 'EXTERNAL_ID_TAKEN' }), commitWhenAwaited()])
})

t.test('a batch is retried if the product that it conflicts with is deleted', async (t) => {
  const item = { id: 'ours', name: 'ours', external_id: 'x' }
  // Neither was it inserted, nor is there a product with its external id.
  const nothing = { query: async () => [], feed: new FeedDraft() }
  const refused = createProducts(new AlertLog(1), [item], 'error', 0)(nothing)
  t.ok((await refused.catch((error: unknown) => error)) instanceof WriteConflict)
})
