import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import t from 'tap'
import { eventually } from '../helper.ts'
import { createAll } from '../routes/helper.ts'
import { spawnCli, startServer, startService } from './helper.ts'

t.test('data goes to standard output, talk to standard error', async (t) => {
  const { app, url } = await startService(t)
  await createAll(app, [{ name: 'Mower' }])
  const { child, ended } = spawnCli(t, ['export', '--format', 'ndjson', '--url', url])
  t.match(await json(child.stdout), { name: 'Mower' })
  t.match(await ended, { code: 0, stderr: /^1 exported, in [\d.]+ s\n$/ })
})

t.test('rows from standard input that were refused make the exit code 3', async (t) => {
  const { url } = await startService(t)
  const { child, ended } = spawnCli(t, ['import', '-', '--format', 'csv', '--url', url])
  child.stdin.end('name\nMower\n""\n')
  t.match(await ended, { code: 3, stderr: /^line 3 \(\): .*\n1 created, 1 refused, in/ })
})

t.test('a reader that has enough ends an export quietly', async (t) => {
  const { app, url } = await startService(t)
  const description = 'x'.repeat(10_000)
  await createAll(
    app,
    Array.from({ length: 600 }, () => ({ name: 'Mower', description })),
  )
  const { child, ended } = spawnCli(t, ['export', '--url', url])
  await once(child.stdout, 'data')
  child.stdout.destroy()
  t.same(await ended, { code: 0, signal: null, stderr: '' })
})

t.test('a reader that wants no help gets none, quietly', async (t) => {
  const { child, ended } = spawnCli(t, ['--help'])
  child.stdout.destroy()
  t.same(await ended, { code: 0, signal: null, stderr: '' })
})

t.test('what cannot be written to standard output is a failure', async (t) => {
  const command = `exec "${process.execPath}" cli/main.ts --help > /dev/full`
  const ended = promisify(execFile)('sh', ['-c', command])
  await t.rejects(ended, { code: 1, stderr: /^error: ENOSPC/ })
})

t.test('Ctrl+C ends it, with a message', async (t) => {
  const page = { items: [], next_cursor: 'more', products: 100 }
  let pages = 0
  const url = await startServer(t, (_request, response) => {
    pages += 1
    response.end(JSON.stringify(page))
  })
  const { child, ended } = spawnCli(t, ['export', '--url', url])
  child.stdout.resume()
  await eventually(() => pages > 3)
  child.kill('SIGINT')
  t.same(await ended, { code: 130, signal: null, stderr: 'error: interrupted\n' })
})

t.test('the simulator runs until a signal ends it', async (t) => {
  const { child, ended } = spawnCli(t, ['simulator'], { SIMULATOR_PORT: '0' })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const [url = ''] = /http:\S+$/.exec(line) ?? []
  t.equal((await fetch(`${url}/auth`, { method: 'POST' })).status, 201)
  child.kill('SIGTERM')
  t.match(await ended, { code: 0, stderr: '' })
})
