import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { locationOf, pathBeside, shownUrl } from '../../db/location.ts'
import { maintenanceOf, openStore } from '../../db/open.ts'
import { temporaryFolder } from '../helper.ts'

const PATHS: [url: string, path: string][] = [
  ['file:./data/a.db', './data/a.db'],
  ['file:a.db', 'a.db'],
  ['FILE:a.db', 'a.db'],
  ['file:/data/a.db', '/data/a.db'],
  ['file:///data/a%20b.db', '/data/a b.db'],
]
for (const [url, path] of PATHS) {
  t.test(`${url} is the SQLite file ${path}`, async (t) => {
    t.strictSame(locationOf(url), { engine: 'sqlite', path })
    t.equal(maintenanceOf(url).name, path)
    t.equal(pathBeside(url, 'simulator'), `${path}.simulator`)
  })
}

for (const url of ['postgres://localhost/test', 'postgresql:///test', 'POSTGRES://a/b']) {
  t.test(`${url} is a PostgreSQL database`, async (t) => {
    t.strictSame(locationOf(url), { engine: 'postgres', url })
    t.throws(() => maintenanceOf(url), { message: /pg_dump makes a backup/ })
    t.equal(pathBeside(url, 'simulator'), './data/aggregator.simulator')
  })
}

t.test('a server that cannot be reached is named without the password', async (t) => {
  const options = { clock: Date.now, newId: () => '', staleAfterMs: 1 }
  await t.rejects(openStore('postgres://me:secret@127.0.0.1:1/db', options), {
    message:
      /^The database postgres:\/\/me:\*\*\*@127.0.0.1:1\/db cannot be opened: .*ECONNREFUSED/,
  })
})

const OTHERS = [
  ...['mysql://a/b', 'sqlite:a.db', 'https://a/b'],
  ...['C:\\data\\a.db', 'files:a.db', 'file:', 'a.db', ''],
]
for (const url of OTHERS) {
  t.test(`"${url}" is refused with the supported forms, and no file is created`, async (t) => {
    const folder = await temporaryFolder(t)
    const before = process.cwd()
    process.chdir(folder)
    t.teardown(() => process.chdir(before))
    const options = { clock: Date.now, newId: () => '', staleAfterMs: 1 }
    await t.rejects(openStore(url, options), {
      message:
        `The database ${url} cannot be opened: the data is kept in an SQLite file or in PostgreSQL; ` +
        'set DATABASE_URL to "file:" followed by a path, such as file:./data/aggregator.db, or to ' +
        'postgres://USER:PASSWORD@HOST/DATABASE',
    })
    t.throws(() => maintenanceOf(url), {
      message: /^the data is kept in an SQLite file or in PostgreSQL/,
    })
    t.throws(() => pathBeside(url, 'simulator'), { message: /^the data is kept/ })
    t.strictSame(await readdir(join(folder)), [])
  })
}

const SHOWN: [url: string, shown: string][] = [
  ['file:./data/a:b@c.db', 'file:./data/a:b@c.db'],
  ['postgres://me@host:5432/db', 'postgres://me@host:5432/db'],
  ['postgres://me:secret@host:5432/db', 'postgres://me:***@host:5432/db'],
  ['postgres://me:se:cr@et@host/db', 'postgres://me:***@host/db'],
  ['postgres://me:se/cr?e#t@host/db', 'postgres://me:***@host/db'],
  ['postgres://:secret@host/db', 'postgres://:***@host/db'],
  ['postgres://host/db?user=me&password=secret', 'postgres://host/db?user=me&password=***'],
  ['postgres://host/db?sslpassword=secret#x', 'postgres://host/db?sslpassword=***#x'],
]
for (const [url, shown] of SHOWN) {
  t.test(`${url} is shown as ${shown}`, async (t) => t.equal(shownUrl(url), shown))
}

t.test('no message shows a password', async (t) => {
  const opening = openStore('postgres://me:secret@host/db', {
    ...{ clock: Date.now, newId: () => '', staleAfterMs: 1 },
  })
  await t.rejects(opening, { message: /^The database postgres:\/\/me:\*\*\*@host\/db cannot/ })
})
