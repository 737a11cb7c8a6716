import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { damage, fullDatabase, treesOf } from '../db/sqlite/damage/database.ts'
import { temporaryFolder } from '../helper.ts'
import { cli, startService } from './helper.ts'

function change(path: string, sql: string): void {
  const db = new Database(path)
  db.exec(sql)
  db.close()
}

t.test(
  'a whole database is said to be whole, the one of the service where no other is named',
  async (t) => {
    const path = await fullDatabase(t)
    const env = { DATABASE_URL: `file:${path}` }
    for (const args of [['verify'], ['verify', path], ['verify', path, '--check']]) {
      const { code, stdout, stderr } = await cli(args, { env })
      t.equal(stderr.replace(/[\d.]+ s$/m, 'S'), `${path} is not damaged; checked in S\n`)
      t.same([code, stdout], [0, ''])
    }
  },
)

t.test('what can be rebuilt is rebuilt, unless it is only looked at', async (t) => {
  const path = await fullDatabase(t)
  change(path, 'UPDATE totals SET products = 0')
  const said =
    'totals (how many products and offers there are): its counts are wrong; can be rebuilt from the rest'
  const looked = await cli(['verify', path, '--check'])
  t.equal(looked.code, 4)
  t.equal(
    looked.stderr,
    `${path} is damaged:\n  ${said}\n` +
      'Everything can be rebuilt: stop the service and run verify without --check.\n',
  )
  const rebuilt = await cli(['verify', path], { terminal: ['stderr'] })
  t.equal(rebuilt.code, 0)
  t.match(rebuilt.stderr, 'checked')
  t.match(
    rebuilt.stderr,
    /rebuilt and checked; the damaged file is kept as .*\.damaged-\d{8}T\d{6}Z/,
  )
  t.equal((await cli(['verify', path])).code, 0)
})

t.test('what is only in a backup is said to be', async (t) => {
  const path = await fullDatabase(t)
  const tree = treesOf(path).find(({ name }) => name === 'rollups')
  await damage(path, tree?.pages.map(({ page }) => page) ?? [])
  const { code, stderr } = await cli(['verify', path])
  t.equal(code, 4)
  t.match(
    stderr,
    'rollups (the older price history of some products): database disk image is malformed\n',
  )
  t.match(stderr, /Only a backup has .*: stop the service and restore one with "npm run\s+restore/)
})

t.test('a database that a service has open is checked, and not changed', async (t) => {
  const path = await fullDatabase(t)
  change(path, 'UPDATE totals SET products = 0')
  const env = { DATABASE_URL: `file:${path}` }
  await startService(t, env)
  const { code, stderr } = await cli(['verify'], { env })
  t.equal(code, 4)
  t.match(
    stderr,
    `The database was not rebuilt: ${path} is open in another process, such as the service; stop that first\n`,
  )
})

t.test('a file that is missing or not a database of the service is refused', async (t) => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'other.db')
  change(path, 'CREATE TABLE products (id)')
  const text = join(folder, 'text')
  await writeFile(text, 'A letter. '.repeat(1000))
  for (const [file, expected, message] of [
    [join(folder, 'missing'), 1, `there is no file ${folder}/missing`],
    [folder, 1, `there is no file ${folder}`],
    [path, 1, `${path}: it is not a database of this service`],
    [text, 4, 'sqlite_schema (all of it): file is not a database'],
  ] as const) {
    const { code, stderr } = await cli(['verify', file])
    t.equal(code, expected, file)
    t.match(stderr, message)
  }
})

t.test('an interruption ends a check', async (t) => {
  const path = await fullDatabase(t)
  const abort = new AbortController()
  const verifying = cli(['verify', path], { signal: abort.signal })
  abort.abort()
  const { code, stderr } = await verifying
  t.equal(code, 130)
  t.match(stderr, 'error: interrupted\n')
  t.equal((await cli(['verify', path], { signal: AbortSignal.abort() })).code, 130)
})
