import { lstat, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { backUp } from '../../../db/sqlite/backup.ts'
import { restore } from '../../../db/sqlite/restore.ts'
import { contentOf, databaseWith, FAULTS, filesLike, storeAt } from './copies.ts'

/** A database of three products, closed, and a backup of it when it had two. */
async function changed(t: Test) {
  const { folder, path, file } = await databaseWith(t, 3)
  await backUp((await databaseWith(t, 2)).path, file)
  return { folder, path, file }
}

const OLD = ['Product 0', 'Product 1']
const NEW = [...OLD, 'Product 2']

t.test('a restored database has the content of the backup', async (t) => {
  const { folder, path, file } = await changed(t)
  const { size } = await stat(file)
  t.same(await restore(file, path), { products: 2, bytes: size })
  t.same(await filesLike(folder, ''), ['backup.db', 'service.db'])
  t.match(contentOf(path), { names: OLD, integrity: 'ok' })
  t.equal((await stat(path)).mode & 0o777, 0o600)
  t.same(contentOf(file).names, OLD, 'and the backup is still there')

  const store = await storeAt(path)
  t.teardown(() => store.close())
  await store.createProduct({ name: 'again' })
  t.equal((await store.totals()).products, 3)
})

t.test('a database is restored if neither it nor its folder exists', async (t) => {
  const { folder, file } = await changed(t)
  const path = join(folder, 'data', 'new', 'service.db')
  await restore(file, path)
  t.same(contentOf(path).names, OLD)
})

t.test('a log left over from a deleted database is not used for the restored one', async (t) => {
  const { folder, path, file } = await changed(t)
  const store = await storeAt(path)
  await store.createProduct({ name: 'only in the log' })
  for (const suffix of ['', '-wal', '-shm']) {
    await writeFile(join(folder, `crashed.db${suffix}`), await readFile(path + suffix))
  }
  await store.close()
  const crashed = join(folder, 'crashed.db')
  await rename(crashed, join(folder, 'away'))
  await writeFile(`${crashed}-journal`, 'left over')
  await restore(file, crashed)
  t.same(await filesLike(folder, 'crashed'), ['crashed.db'])
  t.same(contentOf(crashed).names, OLD)
})

t.test('a database that crashed is replaced with its log', async (t) => {
  const { folder, path, file } = await changed(t)
  const store = await storeAt(path)
  const crashed = join(folder, 'crashed.db')
  await store.createProduct({ name: 'only in the log' })
  for (const suffix of ['', '-wal']) {
    await writeFile(crashed + suffix, await readFile(path + suffix))
  }
  await store.close()
  await restore(file, crashed)
  t.same(await filesLike(folder, 'crashed'), ['crashed.db'])
  t.same(contentOf(crashed).names, OLD)
})

t.test('a database that a service has open is left alone', async (t) => {
  const { path, file } = await changed(t)
  const store = await storeAt(path)
  t.teardown(() => store.close())
  await t.rejects(restore(file, path), {
    message: `${path} is open in another process, such as the service; stop that first`,
  })
  await store.createProduct({ name: 'goes on' })
  await store.check()
  t.equal((await store.totals()).products, 4)
})

t.test('a database that another program reads is left alone, also without a log', async (t) => {
  const { path, file } = await changed(t)
  await restore(file, path)
  const reader = new Database(path, { readonly: true })
  t.teardown(() => reader.close())
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM products').get()
  await t.rejects(restore(file, path), { message: /is open in another process/ })
})

t.test('through a link, the real database is replaced or left alone', async (t) => {
  const { folder, path, file } = await changed(t)
  const link = join(folder, 'link.db')
  await symlink('service.db', link)
  const store = await storeAt(link)
  await t.rejects(restore(file, link), { message: /service.db is open in another process/ })
  await store.close()
  await restore(file, link)
  t.ok((await lstat(link)).isSymbolicLink())
  t.same(contentOf(path).names, OLD)
  t.same(await filesLike(folder, ''), ['backup.db', 'link.db', 'service.db'])
})

t.test('if it is unknown whether it is open, it must be moved away first', async (t) => {
  const { path, file } = await changed(t)
  await writeFile(path, 'no database '.repeat(1000))
  await t.rejects(restore(file, path), {
    message:
      `it is unknown whether ${path} is open in another process (file is not a database); ` +
      'move it away first',
  })
  t.match(await readFile(path, 'utf8'), /^no database/)
})

t.test('a database cannot be restored from itself', async (t) => {
  const { path } = await changed(t)
  await t.rejects(restore(path, path), { message: `${path} is the database itself` })
})

t.test('what is not a regular file is neither restored nor replaced', async (t) => {
  const { path, file } = await changed(t)
  await t.rejects(restore('/dev/null', path), {
    message: '/dev/null cannot be copied: it is not a regular file',
  })
  await t.rejects(restore(file, '/dev/null'), {
    message: '/dev/null is not a regular file and cannot be replaced',
  })
  t.same(contentOf(path).names, NEW)
})

t.test('a missing backup is reported', async (t) => {
  const { folder, path } = await changed(t)
  const before = await readFile(path)
  const missing = join(folder, 'missing.db')
  await t.rejects(restore(missing, path), { message: /missing.db cannot be copied: ENOENT/ })
  t.same(await readFile(path), before)
})

for (const [what, spoil, said] of FAULTS) {
  t.test(`a backup is refused if ${what}, and the database stays`, async (t) => {
    const { folder, path, file } = await databaseWith(t, 500)
    await backUp(path, file)
    await spoil(file)
    const before = await readFile(path)
    await t.rejects(restore(file, path), { message: said })
    t.ok(before.equals(await readFile(path)))
    t.same(await filesLike(folder, 'service.db.'), [])
  })
}

t.test('it can be aborted, and the database stays', async (t) => {
  const { path, file } = await changed(t)
  const controller = new AbortController()
  controller.abort()
  await t.rejects(restore(file, path, controller), { message: /aborted/ })
  t.same(contentOf(path).names, NEW)
})
