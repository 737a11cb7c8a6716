import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { link, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { openStore } from '../../../db/open.ts'
import { lockDatabase } from '../../../db/sqlite/lock.ts'
import { temporaryFolder } from '../../helper.ts'
import { contentOf, databaseWith } from './copies.ts'

const LOCK_MODULE = new URL('../../../db/sqlite/lock.ts', import.meta.url).href

const options = { clock: Date.now, newId: () => crypto.randomUUID(), staleAfterMs: 1000 }
const open = (path: string, waitMs?: number) => openStore(`file:${path}`, { ...options, waitMs })

/** Another process that holds the lock of a database until it is killed. */
async function holder(t: Test, path: string) {
  const program = `
    import { lockDatabase } from '${LOCK_MODULE}'
    globalThis.lock = await lockDatabase('${path}', { waitMs: 0 })
    console.log('locked')
    setInterval(() => {}, 60_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return {
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

const ATTEMPTS: [what: string, path: (folder: string) => Promise<string> | string][] = [
  ['the same path', (folder) => join(folder, 'service.db')],
  ['a relative path', (folder) => relative('.', join(folder, 'service.db'))],
  [
    'a link',
    async (folder) => {
      await symlink('service.db', join(folder, 'link.db'))
      return join(folder, 'link.db')
    },
  ],
  [
    'a link to the folder',
    async (folder) => {
      await symlink('.', join(folder, 'link'))
      return join(folder, 'link', 'service.db')
    },
  ],
]
for (const [what, path] of ATTEMPTS) {
  t.test(`a database that is open is not opened a second time by ${what}`, async (t) => {
    const { folder, path: database } = await databaseWith(t, 1)
    const store = await open(database)
    t.teardown(() => store.close())
    await t.rejects(open(await path(folder), 0), {
      message: /service.db is open in another process, such as the service; stop that first$/,
    })
    await store.createProduct({ name: 'goes on' })
    await t.rejects(open(database, 0), { message: /stop that first/ }, 'nor after an attempt')
  })
}

t.test('a database with a hard link is refused, since its log has only one place', async (t) => {
  const { folder, path } = await databaseWith(t, 1)
  await link(path, join(folder, 'other.db'))
  await t.rejects(open(path), { message: /service.db has 2 names \(hard links\).*remove/ })
  await rm(join(folder, 'other.db'))
  const store = await open(path)
  await store.close()
})

t.test('the second waits for one that is stopping, and reports that once', async (t) => {
  const { path } = await databaseWith(t, 1)
  const first = await open(path)
  const waits: number[] = []
  const { promise: waiting, resolve } = Promise.withResolvers<void>()
  const opening = openStore(`file:${path}`, {
    ...options,
    observer: {
      committed() {},
      failed: (error) => t.fail(error),
      waiting(waitMs) {
        waits.push(waitMs)
        resolve()
      },
    },
  })
  await waiting
  await first.createProduct({ name: 'the last of the first' })
  await first.close()
  const second = await opening
  t.equal((await second.totals()).products, 2)
  t.strictSame(waits, [15_000])
  await second.close()
})

t.test('one that does not stop in time is named, with what to do', async (t) => {
  const { path } = await databaseWith(t, 1)
  const store = await open(path)
  t.teardown(() => store.close())
  await t.rejects(open(path, 100), {
    message:
      `The database file:${path} cannot be opened: ${path} is open in another process, such as the ` +
      'service, which did not stop within 0.1 s; stop that first, or set DATABASE_URL to another file',
  })
})

t.test('the lock holds between processes, and ends with one that is killed', async (t) => {
  const { path } = await databaseWith(t, 1)
  const other = await holder(t, path)
  await t.rejects(open(path, 0), { message: /stop that first/ })
  await other.kill()
  t.ok(await stat(`${path}.lock`), 'the file is left, and locks nothing')
  const store = await open(path, 0)
  await t.rejects(holderFails(path), { message: /stop that first/ })
  await store.close()
  const again = await open(path, 0)
  await again.close()
})

/** The message for another process that tries to take the lock. */
async function holderFails(path: string): Promise<void> {
  const program = `
    import { lockDatabase } from '${LOCK_MODULE}'
    await lockDatabase('${path}', { waitMs: 0 }).catch((error) => console.log(error.message))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program])
  const [said] = await once(child.stdout, 'data')
  throw new Error(String(said).trim())
}

t.test('a lock on a file that was removed meanwhile does not count', async (t) => {
  const path = join(await temporaryFolder(t), 'service.db')
  const { exec } = Database.prototype
  t.teardown(() => {
    Database.prototype.exec = exec
  })
  Database.prototype.exec = function (sql) {
    Database.prototype.exec = exec
    rmSync(`${path}.lock`) // As the process does that had the lock before.
    return exec.call(this, sql)
  }
  let waits = 0
  const lock = await lockDatabase(path, { onWait: () => waits++ })
  t.equal(waits, 1)
  await t.rejects(lockDatabase(path, { waitMs: 0 }), { message: /stop that first/ })
  lock.release()
})

t.test('releasing a lock twice is harmless', async (t) => {
  const path = join(await temporaryFolder(t), 'service.db')
  const lock = await lockDatabase(path)
  lock.release()
  const next = await lockDatabase(path, { waitMs: 0 })
  lock.release()
  await t.rejects(lockDatabase(path, { waitMs: 0 }), { message: /stop that first/ })
  next.release()
})

t.test('a closed database leaves no lock file', async (t) => {
  const { folder, path } = await databaseWith(t, 1)
  const store = await open(path)
  t.ok((await readdir(folder)).includes('service.db.lock'))
  await store.close()
  t.strictSame(await readdir(folder), ['service.db'])
})

t.test('a database that cannot be opened is unlocked again', async (t) => {
  const { path } = await databaseWith(t, 1)
  await writeFile(path, 'A letter. '.repeat(1000))
  for (let attempt = 0; attempt < 2; attempt++) {
    await t.rejects(open(path, 0), { message: /file is not a database\n/ })
  }
})

t.test('a lock file that cannot be used is named, with what to do', async (t) => {
  const { folder, path } = await databaseWith(t, 1)
  await mkdir(`${path}.lock`)
  await t.rejects(open(path, 0), {
    message: new RegExp(
      `the lock file ${path}.lock cannot be used \\(.*\\); the user who runs this must be able to ` +
        `write to the folder ${folder}$`,
    ),
  })
})

t.test('readers take no lock', async (t) => {
  const { path } = await databaseWith(t, 2)
  const lock = await lockDatabase(path)
  t.equal(contentOf(path).names.length, 2)
  lock.release()
})

t.test('a path that is not a regular file is refused, and no lock is left there', async (t) => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'data'))
  await t.rejects(open(join(folder, 'data')), { message: /data is not a regular file$/ })
  t.strictSame(await readdir(folder), ['data'])
})
