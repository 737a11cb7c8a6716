import { readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { backUp } from '../../../db/sqlite/backup.ts'
import { contentOf, databaseWith, FAULTS, filesLike, storeAt } from './copies.ts'

t.test('a backup is the database in one file, for its owner alone', async (t) => {
  const { folder, path, file } = await databaseWith(t, 3)
  const summary = await backUp(path, file)
  t.same(contentOf(file), {
    names: ['Product 0', 'Product 1', 'Product 2'],
    integrity: 'ok',
    journal: 'delete',
  })
  const { size, mode } = await stat(file)
  t.same(summary, { products: 3, bytes: size })
  t.equal(mode & 0o777, 0o600)
  t.same(await filesLike(folder, 'backup'), ['backup.db'])
})

t.test('a backup has what the service has acknowledged, and the service can open it', async (t) => {
  const { path, file } = await databaseWith(t, 2)
  const store = await storeAt(path)
  t.teardown(() => store.close())
  await store.createProduct({ name: 'the last' })
  t.match(await backUp(path, file), { products: 3 })
  await store.createProduct({ name: 'after it' })
  t.same(contentOf(file).names, ['Product 0', 'Product 1', 'the last'])

  const copy = await storeAt(file)
  t.teardown(() => copy.close())
  await copy.createProduct({ name: 'of its own' })
  t.equal((await copy.totals()).products, 4)
  t.equal((await store.totals()).products, 4)
})

t.test('writes during a backup neither become part of it nor delay it', async (t) => {
  const { path, file } = await databaseWith(t, 2)
  const store = await storeAt(path)
  const description = 'x'.repeat(10_000)
  await store.createProducts(Array.from({ length: 1500 }, () => ({ name: 'large', description })))
  await store.close()
  const before = contentOf(path).names
  const writer = new Database(path)
  t.teardown(() => writer.close())
  const write = writer.prepare("UPDATE products SET name = 'changed'")
  const progress: number[] = []
  const { products } = await backUp(path, file, {
    onProgress(done, total) {
      progress.push(done / total)
      write.run()
    },
  })
  t.ok(progress.length > 3)
  t.same(progress, progress.toSorted(), 'it never begins anew')
  t.ok(progress.every((share) => share >= 0 && share < 1))
  t.equal(products, before.length)
  t.same(contentOf(file).names, before)
})

t.test('it can be aborted, and leaves no files', async (t) => {
  const { folder, path, file } = await databaseWith(t, 2)
  const controller = new AbortController()
  controller.abort()
  await t.rejects(backUp(path, file, controller), { message: /aborted/ })
  t.same(await filesLike(folder, 'backup'), [])
})

t.test('an old backup is replaced', async (t) => {
  const { path, file } = await databaseWith(t, 2)
  await writeFile(file, 'old')
  await backUp(path, file)
  t.equal(contentOf(file).names.length, 2)
})

t.test('a backup to the database itself is refused, under any name', async (t) => {
  const { folder, path } = await databaseWith(t, 2)
  const link = join(folder, 'link.db')
  await symlink(path, link)
  for (const file of [path, link]) {
    await t.rejects(backUp(path, file), { message: `${file} is the database itself` })
  }
  t.equal(contentOf(path).names.length, 2)
})

t.test('no file that belongs to the database is a place for its backup', async (t) => {
  const { folder, path } = await databaseWith(t, 2)
  await symlink('service.db', join(folder, 'link.db'))
  const store = await storeAt(path)
  t.teardown(() => store.close())
  for (const suffix of ['-wal', '-shm', '-journal', '.lock']) {
    const file = path + suffix
    for (const database of [path, join(folder, 'link.db')]) {
      await t.rejects(backUp(database, file), {
        message: `${file} belongs to the database; choose another`,
      })
    }
  }
  await store.check()
})

t.test('a missing database is not created', async (t) => {
  const { folder, file } = await databaseWith(t, 0)
  const missing = join(folder, 'missing.db')
  await t.rejects(backUp(missing, file), { message: /missing.db cannot be copied: ENOENT/ })
  t.same(await filesLike(folder, 'missing'), [])
  t.same(await filesLike(folder, 'backup'), [])
})

for (const [what, spoil, said] of FAULTS) {
  t.test(`no backup is made of a database where ${what}`, async (t) => {
    const { folder, path, file } = await databaseWith(t, 500)
    await spoil(path)
    await writeFile(file, 'old')
    await t.rejects(backUp(path, file), { message: said })
    t.equal(await readFile(file, 'utf8'), 'old')
    t.same(await filesLike(folder, 'backup'), ['backup.db'])
  })
}
