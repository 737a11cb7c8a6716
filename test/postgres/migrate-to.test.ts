/** `migrate-to` as an operator runs it. */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { cli, startService } from '../cli/helper.ts'
import { change, databaseWith } from '../db/sqlite/copies.ts'
import { damage, treesOf } from '../db/sqlite/damage/database.ts'
import { temporaryFolder } from '../helper.ts'
import { execute, postgresDatabase } from './database.ts'
import { twoDatabases } from './two-databases.ts'

t.test('migrate-to copies to PostgreSQL and back, and says what comes next', async (t) => {
  const { folder, env, url } = await twoDatabases(t)
  const up = await cli(['migrate-to', url], { env })
  t.match(up.stderr, /^copying products: 3 of 9$/m)
  t.match(
    up.stderr,
    /^checking: (\d+) of \1\ncopied and checked: 3 products, \d+ rows, in [\d.]+ s\n/m,
  )
  t.ok(up.stderr.endsWith(`Set DATABASE_URL to ${url}, and start the service.\n`))
  t.strictSame([up.code, up.stdout], [0, ''])
  const { app } = await startService(t, { DATABASE_URL: url })
  t.match((await app.inject('/api/v1/status')).json(), { products: 3 })
  await app.close()

  const back = `file:${join(folder, 'new', 'back.db')}`
  t.equal((await cli(['migrate-to', back], { env: { DATABASE_URL: url } })).code, 0)
  const again = await startService(t, { DATABASE_URL: back })
  const found = await again.app.inject('/api/v1/products?q=product')
  t.equal(found.json().items.length, 3)
})

t.test('a terminal is shown a bar', async (t) => {
  const { env, url } = await twoDatabases(t)
  const { stderr } = await cli(['migrate-to', url], { env, terminal: ['stderr'] })
  t.match(stderr, /100% \| checking \|/)
  t.notMatch(stderr, /^copying products: /m)
})

t.test('messages contain no password', async (t) => {
  const { env } = await twoDatabases(t)
  const { code, stderr } = await cli(['migrate-to', 'postgres://me:5ecret@127.0.0.1:9/none'], {
    env,
  })
  t.equal(code, 1)
  t.match(stderr, /^error: postgres:\/\/me:\*\*\*@127\.0\.0\.1:9\/none: /)
  t.notMatch(stderr, '5ecret')
})

const WRONG: [what: string, url: (file: string) => string, code: number, said: RegExp][] = [
  [
    'no URL',
    () => 'catalogue.db',
    2,
    /It must be postgres:\/\/USER.*, or "file:" followed by a path/,
  ],
  [
    'another file',
    (file) => `${file}2`,
    1,
    /^error: both databases are SQLite files; "npm run backup"/,
  ],
]
for (const [what, url, code, said] of WRONG) {
  t.test(`migrate-to refuses ${what}`, async (t) => {
    const { file, env } = await twoDatabases(t)
    const refused = await cli(['migrate-to', url(file)], { env })
    t.equal(refused.code, code)
    t.match(refused.stderr, said)
  })
}

t.test('migrate-to refuses to copy within PostgreSQL', async (t) => {
  const { url } = await twoDatabases(t)
  const { code, stderr } = await cli(['migrate-to', url], { env: { DATABASE_URL: url } })
  t.strictSame(
    [code, stderr],
    [1, 'error: both databases are in PostgreSQL; pg_dump and pg_restore copy one\n'],
  )
})

t.test('a file that a service has open is not copied', async (t) => {
  const { env, url } = await twoDatabases(t)
  await startService(t, env)
  const { code, stderr } = await cli(['migrate-to', url], { env })
  t.equal(code, 1)
  t.match(stderr, /service\.db is open in another process, such as the service; stop that first\n$/)
})

t.test('a file that is missing is not copied, nor created', async (t) => {
  const path = join(await temporaryFolder(t), 'none.db')
  const env = { DATABASE_URL: `file:${path}` }
  const { code, stderr } = await cli(['migrate-to', await postgresDatabase(t)], { env })
  t.strictSame([code, stderr], [1, `error: file:${path}: there is no file ${path}\n`])
  t.notOk(existsSync(path))
})

t.test(
  'a database in PostgreSQL is neither copied nor filled while instances use it',
  async (t) => {
    const { folder, env, url } = await twoDatabases(t)
    const { app } = await startService(t, { DATABASE_URL: url })
    const inUse =
      `error: ${url}: the service uses it (running instances: 1). Stop it first; if it was killed, wait 15 ` +
      'seconds\n'
    const filled = await cli(['migrate-to', url], { env })
    t.strictSame([filled.code, filled.stderr], [1, inUse])
    const target = `file:${join(folder, 'back.db')}`
    const copied = await cli(['migrate-to', target], { env: { DATABASE_URL: url } })
    t.strictSame([copied.code, copied.stderr], [1, inUse])
    await app.close()
    t.equal((await cli(['migrate-to', url], { env })).code, 0, 'afterwards it can be filled')
  },
)

t.test('a database that is not empty is refused and not changed', async (t) => {
  const { env, url } = await twoDatabases(t)
  t.equal((await cli(['migrate-to', url], { env })).code, 0)
  const again = await cli(['migrate-to', url], { env })
  t.strictSame(
    [again.code, again.stderr.split('\n').at(-2)],
    [1, `error: ${url} is not empty: it has rows in products. Choose an empty database`],
  )
  const other = await databaseWith(t, 1)
  const back = await cli(['migrate-to', `file:${other.path}`], { env: { DATABASE_URL: url } })
  t.equal(back.code, 1)
  t.match(
    back.stderr,
    /service\.db is not empty: it has rows in products\. Choose an empty database\n$/,
  )
})

t.test('a database of another program is neither copied nor filled', async (t) => {
  const { folder, env } = await twoDatabases(t)
  const url = await postgresDatabase(t, { empty: true })
  await execute(url, 'CREATE TABLE letters (letter text)')
  const filled = await cli(['migrate-to', url], { env })
  t.strictSame(
    [filled.code, filled.stderr],
    [1, `error: ${url}: it has tables that do not belong to this service; nothing was changed\n`],
  )
  const target = `file:${join(folder, 'back.db')}`
  const copied = await cli(['migrate-to', target], { env: { DATABASE_URL: url } })
  t.strictSame(
    [copied.code, copied.stderr],
    [1, `error: ${url}: it is not a database of this service\n`],
  )
})

t.test(
  'a database of an older version is not copied before it is brought up to date',
  async (t) => {
    const { folder, path, env, url } = await twoDatabases(t)
    const older = /: it was made by an older version of this service; run "npm run migrate" with /
    await execute(url, 'DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)')
    const copied = await cli(['migrate-to', `file:${join(folder, 'back.db')}`], {
      env: { DATABASE_URL: url },
    })
    t.equal(copied.code, 1)
    t.match(copied.stderr, older)
    const db = new Database(path)
    db.exec(
      'DELETE FROM __drizzle_migrations WHERE created_at = (SELECT max(created_at) FROM __drizzle_migrations)',
    )
    db.close()
    const other = await cli(['migrate-to', await postgresDatabase(t)], { env })
    t.equal(other.code, 1)
    t.match(other.stderr, older)
  },
)

t.test(
  'a database of a newer version is not copied, which might leave something out',
  async (t) => {
    const { folder, url } = await twoDatabases(t)
    await execute(url, `INSERT INTO migrations VALUES (99, 'x', ${Number.MAX_SAFE_INTEGER})`)
    const { code, stderr } = await cli(['migrate-to', `file:${join(folder, 'back.db')}`], {
      env: { DATABASE_URL: url },
    })
    t.equal(code, 1)
    t.match(stderr, /: it was made by a newer version of this service, .*; use that version\n$/)
  },
)

t.test(
  'registrations that are being reopened are finished before a database is copied',
  async (t) => {
    const { folder, url } = await twoDatabases(t)
    await execute(url, "INSERT INTO credentials VALUES (1, 'a', 'b', NULL, 5, 0)")
    const { code, stderr } = await cli(['migrate-to', `file:${join(folder, 'back.db')}`], {
      env: { DATABASE_URL: url },
    })
    t.equal(code, 1)
    t.match(
      stderr,
      /: its products are being registered again under a new token; start the service, /,
    )
  },
)

t.test('an empty catalogue is copied', async (t) => {
  const path = join(await temporaryFolder(t), 'empty.db')
  const env = { DATABASE_URL: `file:${path}` }
  t.equal((await cli(['migrate'], { env })).code, 0)
  const { code, stderr } = await cli(['migrate-to', await postgresDatabase(t)], { env })
  t.equal(code, 0)
  t.match(stderr, /^copied and checked: 0 products, 0 rows, in /m)
})

t.test('a file of another program is not filled', async (t) => {
  const { folder, url } = await twoDatabases(t)
  const path = join(folder, 'letter.txt')
  await writeFile(path, 'A letter. '.repeat(1000))
  const { code, stderr } = await cli(['migrate-to', `file:${path}`], { env: { DATABASE_URL: url } })
  t.strictSame([code, stderr], [1, `error: file:${path}: file is not a database\n`])
  t.equal(await readFile(path, 'utf8'), 'A letter. '.repeat(1000))
})

t.test('damage in the file is explained', async (t) => {
  const { path, env, url } = await twoDatabases(t)
  const tree = treesOf(path).find(({ name }) => name === 'products')
  await damage(path, tree?.pages.map(({ page }) => page) ?? [])
  const { code, stderr } = await cli(['migrate-to', url], { env })
  t.equal(code, 1)
  t.match(stderr, /it is damaged:\n {2}products\w* \(.*\nRun "npm run verify"/)
})

t.test('a text that PostgreSQL cannot keep is named', async (t) => {
  const { path, env, url } = await twoDatabases(t)
  change(path, "UPDATE products SET name = 'a' || char(0) WHERE key = 2")
  const { code, stderr } = await cli(['migrate-to', url], { env })
  t.equal(code, 1)
  t.match(stderr, /\nerror: products up to 3 cannot be copied: invalid byte sequence for encoding /)
})

t.test('errors of PostgreSQL are reported as they are', async (t) => {
  const { folder, url } = await twoDatabases(t)
  await execute(
    url,
    `CREATE FUNCTION refused() RETURNS bytea LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$;
     ALTER TABLE secrets RENAME TO kept;
     CREATE VIEW secrets AS SELECT name, refused() AS value FROM (VALUES ('cursors')) AS one (name)`,
  )
  const { code, stderr } = await cli(['migrate-to', `file:${join(folder, 'back.db')}`], {
    env: { DATABASE_URL: url },
  })
  t.equal(code, 1)
  t.match(stderr, /broken/)
})
