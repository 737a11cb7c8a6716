import {
  copyFile,
  link,
  mkdir,
  readdir,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openStore } from '../../../db/open.ts'
import { backUp } from '../../../db/sqlite/backup.ts'
import { contentOf, databaseWith } from './copies.ts'

const unavailable = { message: 'The store is unavailable' }

/** A database of one product that is open, with a backup made before its last product. */
async function opened(t: Test, atLink = false) {
  const { folder, path, file } = await databaseWith(t, 1)
  const alias = join(folder, 'link.db')
  if (atLink) await symlink('service.db', alias)
  const { promise: lost, resolve } = Promise.withResolvers<Error>()
  const options = {
    clock: Date.now,
    newId: () => crypto.randomUUID(),
    staleAfterMs: 1000,
    observer: { committed() {}, lost: resolve, failed: (error: Error) => t.fail(error) },
  }
  const open = () => openStore(`file:${atLink ? alias : path}`, options)
  const store = await open()
  t.teardown(() => store.close())
  await backUp(path, file)
  await store.createProduct({ name: 'acknowledged' })
  return { folder, path, file, alias, store, lost, open }
}

type Place = { folder: string; path: string; file: string; alias: string }

const LOSSES: [what: string, lose: (place: Place) => Promise<unknown>, said: RegExp][] = [
  ['is deleted', ({ path }) => unlink(path), /service.db was deleted or moved away/],
  ['is moved away', ({ path }) => rename(path, `${path}.old`), /service.db was deleted or moved/],
  [
    'is moved away and replaced by an empty one',
    async ({ path }) => {
      await link(path, `${path}.old`)
      await writeFile(`${path}.new`, '')
      await rename(`${path}.new`, path) // In one step, or the store may look in between.
    },
    /service.db was replaced by another file/,
  ],
  [
    'has a backup moved over it',
    ({ path, file }) => rename(file, path),
    /service.db was replaced by another file/,
  ],
  [
    'has a backup copied over it in its place',
    ({ path, file }) => copyFile(file, path),
    /service.db was overwritten/,
  ],
  ['is truncated', ({ path }) => truncate(path), /service.db was overwritten/],
  ['is overwritten', ({ path }) => writeFile(path, 'x'.repeat(4096)), /service.db was overwritten/],
  ['loses its log', ({ path }) => unlink(`${path}-wal`), /service.db-wal was deleted/],
  ['loses its index', ({ path }) => unlink(`${path}-shm`), /service.db-shm was deleted/],
  ['loses its lock', ({ path }) => unlink(`${path}.lock`), /service.db.lock was deleted/],
  [
    'is in a folder that is replaced',
    async ({ folder }) => {
      await rename(folder, `${folder}.old`)
      await mkdir(folder)
    },
    /service.db was deleted or moved away/,
  ],
]
for (const [what, lose, said] of LOSSES) {
  t.test(`if the file ${what}, no write is acknowledged any more`, async (t) => {
    const { store, lost, ...place } = await opened(t)
    t.teardown(() => rm(`${place.folder}.old`, { recursive: true, force: true }))
    await lose(place)
    await t.rejects(store.createProduct({ name: 'a' }), unavailable)
    await t.rejects(store.check())
    t.match((await lost).message, said)
    t.match((await lost).message, /Stop this process, put the database back or restore a backup/)
    await t.rejects(store.createProduct({ name: 'b' }), { cause: await lost }, 'fails fast')
  })
}

t.test('a lost file is noticed even if nothing is written', async (t) => {
  const { path, lost } = await opened(t)
  await unlink(path)
  t.match((await lost).message, /was deleted/)
})

t.test('a link that leads elsewhere is a file that was replaced', async (t) => {
  const { folder, path, alias, lost, store } = await opened(t, true)
  await copyFile(path, join(folder, 'other.db'))
  await symlink('other.db', `${alias}.new`)
  await rename(`${alias}.new`, alias) // In one step, or the store may look in between.
  await t.rejects(store.createProduct({ name: 'a' }), unavailable)
  t.match((await lost).message, /link.db was replaced by another file/)
})

t.test('a file that comes back holds all that was acknowledged, and nothing else', async (t) => {
  const { path, store, lost, open } = await opened(t)
  await rename(path, `${path}.old`)
  await t.rejects(store.createProduct({ name: 'a' }), unavailable)
  await lost
  await rename(`${path}.old`, path)
  await t.rejects(store.createProduct({ name: 'b' }), unavailable, 'before it is opened anew')
  await store.close()
  const again = await open()
  t.strictSame(contentOf(path).names, ['Product 0', 'acknowledged'])
  await again.close()
})

for (const [what, put] of [
  ['moved', rename],
  ['copied', copyFile],
] as const) {
  t.test(`a backup that was ${what} over it is not mixed with what was before`, async (t) => {
    const { folder, path, file, store, lost, open } = await opened(t)
    await put(file, path)
    await t.rejects(store.createProduct({ name: 'a' }), unavailable)
    await lost
    await store.close()
    t.ok((await readdir(folder)).includes('service.db-wal.lost'), 'the log is set aside')
    const again = await open()
    t.teardown(() => again.close())
    t.match(contentOf(path), { names: ['Product 0'], integrity: 'ok' })
  })
}

t.test('a backup put where the file was missing is not mixed with its log', async (t) => {
  const { path, file, store, lost, open } = await opened(t)
  await unlink(path)
  await lost
  await rename(file, path)
  await t.rejects(store.check())
  await store.close()
  const again = await open()
  t.teardown(() => again.close())
  t.match(contentOf(path), { names: ['Product 0'], integrity: 'ok' })
})

t.test('another program that reads and writes the file does not count as a loss', async (t) => {
  const { path, store } = await opened(t)
  const other = new Database(path)
  other.exec("UPDATE products SET description = 'x'")
  other.pragma('wal_checkpoint(TRUNCATE)')
  other.close()
  await store.createProduct({ name: 'goes on' })
  await store.check()
  t.strictSame(contentOf(path).names, ['Product 0', 'acknowledged', 'goes on'])
})

t.test('a reader of an older state, from before the start, does not count as a loss', async (t) => {
  const { path } = await databaseWith(t, 1)
  const reader = new Database(path, { readonly: true })
  t.teardown(() => reader.close())
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM products').get()
  const options = { clock: Date.now, newId: () => crypto.randomUUID(), staleAfterMs: 1000 }
  const store = await openStore(`file:${path}`, options)
  await store.createProduct({ name: 'before it leaves' })
  reader.exec('COMMIT')
  await store.createProduct({ name: 'after it left' })
  await store.check()
  await store.close()
  t.equal(contentOf(path).names.length, 3)
})
