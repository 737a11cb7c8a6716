import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../helper.ts'
import { cli, startService } from './helper.ts'

t.test('migrate makes a database that the service then opens', async (t) => {
  const path = join(await temporaryFolder(t), 'new', 'service.db')
  const env = { DATABASE_URL: `file:${path}` }
  for (const time of ['first', 'again']) {
    const { code, stdout, stderr } = await cli(['migrate'], { env })
    t.strictSame([code, stdout, stderr], [0, '', 'the database is up to date\n'], time)
  }
  t.ok(existsSync(path))
  const { app } = await startService(t, env)
  t.equal((await app.inject('/health/ready')).statusCode, 200)
})

t.test('migrate refuses a database that is in use', async (t) => {
  const env = { DATABASE_URL: `file:${join(await temporaryFolder(t), 'service.db')}` }
  await startService(t, env)
  const { code, stderr } = await cli(['migrate'], { env })
  t.equal(code, 1)
  t.match(stderr, /^error: The database file:\S+ cannot be migrated: .*process/)
})

t.test('migrate does not change a file that is not a database of this service', async (t) => {
  const path = join(await temporaryFolder(t), 'notes.txt')
  await writeFile(path, 'no database, but notes of somebody')
  const { code, stderr } = await cli(['migrate'], { env: { DATABASE_URL: `file:${path}` } })
  t.equal(code, 1)
  t.match(stderr, /^error: The database file:\S+ cannot be migrated: /)
  t.equal(await readFile(path, 'utf8'), 'no database, but notes of somebody')
})

t.test('migrate names the database without its password', async (t) => {
  const env = { DATABASE_URL: 'postgres://me:5ecret@127.0.0.1:9/none' }
  const { code, stderr } = await cli(['migrate'], { env })
  t.equal(code, 1)
  t.match(
    stderr,
    /^error: The database postgres:\/\/me:\*\*\*@127\.0\.0\.1:9\/none cannot be migrated: /,
  )
  t.notMatch(stderr, '5ecret')
})

t.test('on Heroku migrate refuses a file with a sentence', async (t) => {
  const { code, stderr } = await cli(['migrate'], { env: { DYNO: 'release.1' } })
  t.equal(code, 2)
  t.match(stderr, /heroku addons:create heroku-postgresql$/m)
})
