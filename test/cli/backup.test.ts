import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t, { type Test } from 'tap'
import { eventually, temporaryFolder } from '../helper.ts'
import { listAll } from '../routes/helper.ts'
import { cli, startService } from './helper.ts'

/** A service on a database of its own, and where its backup is to go. */
async function startOnFile(t: Test) {
  const folder = await temporaryFolder(t)
  const env = { DATABASE_URL: `file:${join(folder, 'service.db')}` }
  return { ...(await startService(t, env)), env, folder, file: join(folder, 'backup.db') }
}

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `p${from + n}\n`).join('')

t.test('a backup taken during an import has all that was acknowledged before', async (t) => {
  const { app, url, env, folder, file } = await startOnFile(t)
  const stdin = new PassThrough()
  const importing = cli(['import', '-', '--format', 'csv', '--url', url], { stdin })
  stdin.write(`name\n${rows(0, 2500)}`)
  await eventually(async () => (await app.store.totals()).products === 2000)
  const backingUp = cli(['backup', file], { env })
  stdin.end(rows(2500, 8000))
  const { code, stdout, stderr } = await backingUp
  t.match(stderr, /^copied and checked: [\d,]+ products, [\d.]+ MB, in [\d.]+ s\n$/)
  t.same([code, stdout], [0, ''])
  t.equal((await importing).code, 0)
  t.equal((await app.store.totals()).products, 8000)

  const elsewhere = { DATABASE_URL: `file:${join(folder, 'restored.db')}` }
  t.equal((await cli(['restore', file], { env: elsewhere })).code, 0)
  const restored = await startService(t, elsewhere)
  const names = (await listAll(restored.app, 'sort=created_at&limit=200')).map(({ name }) => name)
  t.ok(names.length >= 2000)
  t.same(
    names,
    Array.from(names, (_, n) => `p${n}`),
  )
})

t.test('a backup and a restore say how many products they copied', async (t) => {
  const { app, env, folder, file } = await startOnFile(t)
  for (const [copied, products] of [
    ['0 products', 0],
    ['1 product', 1],
    ['2 products', 2],
  ] as const) {
    if (products > 0) await app.store.createProduct({ name: 'a' })
    const says = new RegExp(`^copied and checked: ${copied}, [\\d.]+ MB, in [\\d.]+ s\n$`)
    t.match((await cli(['backup', file, '--force'], { env })).stderr, says)
    const elsewhere = { DATABASE_URL: `file:${join(folder, `restored-${products}.db`)}` }
    t.match((await cli(['restore', file], { env: elsewhere })).stderr, says)
  }
})

t.test('a backup or a database is only replaced with --force', async (t) => {
  const { app, env, file } = await startOnFile(t)
  t.equal((await cli(['backup', file], { env })).code, 0)
  const again = await cli(['backup', file], { env })
  t.same(again, {
    code: 1,
    stdout: '',
    stderr: `error: ${file} exists; use --force to replace it\n`,
  })
  t.equal((await cli(['backup', file, '--force'], { env })).code, 0)

  const running = await cli(['restore', file, '--force'], { env })
  t.equal(running.code, 1)
  t.match(running.stderr, /^error: .*service.db is open in another process/)
  await app.close()
  const restored = await cli(['restore', file], { env })
  t.equal(restored.code, 1)
  t.match(restored.stderr, /^error: .*service.db exists; use --force to replace it\n$/)
  t.equal((await cli(['restore', file, '--force'], { env })).code, 0)
})

t.test('a terminal is shown how far it is', async (t) => {
  const { env, file } = await startOnFile(t)
  const { stderr } = await cli(['backup', file], { env, terminal: ['stderr'] })
  t.match(stderr, /0% \| copied \|/)
})

t.test('only the variable that names the database has to be good', async (t) => {
  const { env, file } = await startOnFile(t)
  const { code } = await cli(['backup', file], {
    env: { ...env, NODE_ENV: 'production', PORT: 'x' },
  })
  t.equal(code, 0)
})

t.test('a file that is not a backup is refused', async (t) => {
  const folder = await temporaryFolder(t)
  const file = join(folder, 'letter.txt')
  await writeFile(file, 'A letter. '.repeat(1000))
  const env = { DATABASE_URL: `file:${join(folder, 'service.db')}` }
  t.same(await cli(['restore', file], { env }), {
    code: 1,
    stdout: '',
    stderr: `error: ${file} cannot be copied: file is not a database\n`,
  })
})

t.test('a backup needs a folder and a file', async (t) => {
  const { env, folder } = await startOnFile(t)
  const none = join(folder, 'none')
  t.same(await cli(['backup', join(none, 'backup.db')], { env }), {
    code: 1,
    stdout: '',
    stderr: `error: there is no folder ${none}\n`,
  })
  t.same(await cli(['backup', '/dev/null', '--force'], { env }), {
    code: 1,
    stdout: '',
    stderr: 'error: /dev/null is not a regular file and cannot be replaced\n',
  })
})

t.test('a backup can be interrupted', async (t) => {
  const { env, file } = await startOnFile(t)
  const signal = AbortSignal.abort()
  t.same(await cli(['backup', file], { env, signal }), {
    code: 130,
    stdout: '',
    stderr: 'error: interrupted\n',
  })
})
