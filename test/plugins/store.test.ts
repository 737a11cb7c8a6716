import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { eventually, temporaryFolder } from '../helper.ts'
import { create, NO_UPSTREAM, post, read } from '../routes/helper.ts'
import { buildLogged } from './helper.ts'

t.test('the database and its folder are made where they are missing, and kept', async (t) => {
  const folder = await temporaryFolder(t)
  const variables = { ...NO_UPSTREAM, DATABASE_URL: `file:${join(folder, 'a/b/test.db')}` }
  const first = await buildLogged(t, variables)
  const product = await create(first.app, { name: 'Mower' })
  await first.app.close()
  const second = await buildLogged(t, variables)
  // The service goes on trying to register it, which moves `refresh`.
  const { refresh: _, ...kept } = product
  t.match(await read(second.app, product.id), kept)
})

t.test('a service whose database cannot be opened does not start, and says which', async (t) => {
  const folder = await temporaryFolder(t)
  const file = join(folder, 'text.db')
  await writeFile(file, 'This is no database, and long enough to be taken for one. '.repeat(50))
  await mkdir(join(folder, 'folder.db'))
  for (const path of [file, join(folder, 'folder.db'), join(file, 'below.db')]) {
    await t.test(path, async (t) => {
      const { app } = await buildLogged(t, { DATABASE_URL: `file:${path}` })
      await t.rejects(() => Promise.resolve(app.ready()), {
        message: `The database file:${path} cannot be opened`,
      })
    })
  }
})

t.test('reindexing the products for another version of the search is logged', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'test.db')
  const variables = { ...NO_UPSTREAM, DATABASE_URL: `file:${path}` }
  const before = await buildLogged(t, variables)
  await create(before.app, { name: 'Mower' })
  await before.app.close()
  const db = new Database(path)
  db.prepare('UPDATE search_state SET folding = folding - 1').run()
  db.close()
  const { app, lines } = await buildLogged(t, variables)
  await app.ready()
  t.match(
    lines.find(({ msg }) => msg.startsWith('reindexing')),
    { level: 30, done: 1, total: 1 },
  )
})

t.test('damage is logged when an operation fails, even if a check finds none', async (t) => {
  const { app, lines } = await buildLogged(t, NO_UPSTREAM, { newId: () => 'the same id' })
  await app.ready()
  t.equal((await post(app, { name: 'Mower' })).statusCode, 201)
  t.equal((await post(app, { name: 'Mower' })).statusCode, 503)
  await eventually(() =>
    lines.some(
      ({ msg }) => msg === 'a read found damage in the database, but a full check found none',
    ),
  )
})
