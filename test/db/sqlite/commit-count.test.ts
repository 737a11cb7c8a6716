import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { CommitCount, commitReports } from '../../../db/sqlite/commit-count.ts'
import { temporaryFolder } from '../../helper.ts'

t.test('each commit of any connection is counted before it can be read', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  const connections = [new Database(path), new Database(path)]
  for (const connection of connections) connection.pragma('journal_mode = WAL')
  connections[0]?.exec('CREATE TABLE numbers (number INTEGER)')
  const count = new CommitCount(path)
  const start = count.read()
  t.ok(start > 0)
  for (const [index, connection] of connections.entries()) {
    connection.exec('BEGIN')
    connection.exec('INSERT INTO numbers VALUES (1)')
    t.equal(count.read(), start + index, 'not before the commit')
    connection.exec('COMMIT')
    t.equal(count.read(), start + index + 1)
  }
  connections[0]?.pragma('wal_checkpoint(TRUNCATE)')
  t.equal(count.read(), start + 2, 'a checkpoint is no commit')
  for (const connection of connections) connection.close()
  count.close()
  t.doesNotThrow(() => count.close(), 'it can be closed again')
  t.ok(Number.isNaN(count.read()))
})

t.test('a count that cannot be read is unknown', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  t.ok(Number.isNaN(new CommitCount(path).read()), 'without a database')
  await writeFile(path, '')
  await writeFile(`${path}-shm`, 'too short')
  const count = new CommitCount(path)
  t.teardown(() => count.close())
  t.ok(Number.isNaN(count.read()), 'in a file that is too short')
})

t.test('a report says whether other connections have committed since the last one', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  const [own, other] = [new Database(path), new Database(path)]
  own.pragma('journal_mode = WAL')
  own.exec('CREATE TABLE numbers (number INTEGER)')
  const report = commitReports(own, new CommitCount(path))
  const { commits, foreign } = report()
  t.ok(foreign, 'nothing is known of before the first one')
  own.exec('INSERT INTO numbers VALUES (1)')
  t.same(report(), { commits: commits + 1, foreign: false })
  own.exec('INSERT INTO numbers VALUES (1)')
  other.exec('INSERT INTO numbers VALUES (1)')
  t.same(report(), { commits: commits + 3, foreign: true })
  t.same(report(), { commits: commits + 3, foreign: false })
  own.pragma('wal_checkpoint(TRUNCATE)')
  own.exec('INSERT INTO numbers VALUES (1)')
  t.same(report(), { commits: commits + 4, foreign: false }, 'a checkpoint is no commit')
  for (const connection of [own, other]) connection.close()
  t.same(report(), { commits: Number.NaN, foreign: true }, 'the file cannot be read')
})
