/** Copies that are killed again and again. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openStore } from '../../../db/open.ts'
import { moveDatabase } from '../../../db/transfer/move.ts'
import { RECORD_NAMES } from '../../../db/transfer/records.ts'
import { eventually, temporaryFolder } from '../../helper.ts'
import { execute, postgresDatabase } from '../../postgres/database.ts'
import { makeRows, rowsOf } from './rows.ts'

const MODULE = new URL('../../../db/transfer/move.ts', import.meta.url).href

const options = { clock: Date.now, newId: () => crypto.randomUUID(), staleAfterMs: 1000 }

/** Copies in a process of its own, which is killed in the middle of a step, with what it has just sent in flight. */
async function killedIn(t: Test, step: string, from: string, to: string): Promise<void> {
  const program = `
    import { moveDatabase } from '${MODULE}'
    const [step, from, to] = process.argv.slice(1)
    let reports = 0
    await moveDatabase(from, to, {
      page: { rows: 2, bytes: 1_000_000 },
      onProgress(at) {
        if (at === step || reports > 0) reports += 1
        if (reports === 2) setImmediate(() => process.kill(process.pid, 'SIGKILL'))
      },
    })`
  const args = ['--input-type=module', '-e', program, '--', step, from, to]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [, signal] = await once(child, 'exit')
  t.equal(signal, 'SIGKILL', step)
}

/** Resolves when the server has noticed that its clients are gone, and has ended their sessions. */
async function deserted(url: string): Promise<void> {
  const others = `SELECT FROM pg_stat_activity WHERE datname = current_database()
    AND backend_type = 'client backend' AND pid <> pg_backend_pid()`
  await eventually(async () => (await execute(url, others)).rows.length === 0)
}

/** Kills a copy in each of these steps, of which each continues where the one before was killed. */
async function killedInAll(t: Test, steps: string[], from: string, to: string): Promise<void> {
  for (const step of steps) {
    await killedIn(t, step, from, to)
    await deserted(from.startsWith('file:') ? to : from)
    await t.rejects(openStore(to, options), { message: /has not finished/ }, step)
  }
}

const COPYING = RECORD_NAMES.map((record) => `copying ${record}`)

t.test('a copy to PostgreSQL that is killed in each step is complete in the end', async (t) => {
  const folder = await temporaryFolder(t)
  const [first, second] = [join(folder, 'first.db'), join(folder, 'second.db')]
  makeRows(first)
  const url = await postgresDatabase(t, { empty: true })
  await killedInAll(t, [...COPYING, 'checking'], `file:${first}`, url)
  await moveDatabase(`file:${first}`, url, {})
  await moveDatabase(url, `file:${second}`, {})
  t.strictSame(rowsOf(second), rowsOf(first))
})

t.test('a copy to a file that is killed now and then is complete in the end', async (t) => {
  const folder = await temporaryFolder(t)
  const [first, second] = [join(folder, 'first.db'), join(folder, 'second.db')]
  makeRows(first)
  const url = await postgresDatabase(t)
  await moveDatabase(`file:${first}`, url, {})
  await killedInAll(
    t,
    ['copying products', 'copying offers', 'copying changes', 'indexing', 'checking'],
    url,
    `file:${second}`,
  )
  await moveDatabase(url, `file:${second}`, {})
  t.strictSame(rowsOf(second), rowsOf(first))
})
