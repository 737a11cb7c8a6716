import { execFile } from 'node:child_process'
import { link, readFile, symlink, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { eventually, temporaryFolder } from '../helper.ts'
import { listAll } from '../routes/helper.ts'
import { cli, startServer, startService } from './helper.ts'

const rows = (count: number) => Array.from({ length: count }, (_, n) => `p${n}\n`).join('')

async function fileWith(t: Test, text: string | Buffer, name = 'products.csv') {
  const file = join(await temporaryFolder(t), name)
  await writeFile(file, text)
  return file
}

const { app, url } = await startService(t)

/** The names and descriptions of the products that a search finds. */
const found = async (q: string) =>
  (await listAll(app, `q=${q}`)).map(({ name, description }) => [name, description])

t.test('the products of a file are created', async (t) => {
  const file = await fileWith(
    t,
    'Name;Price;Description\nMower alpha;5;"a\nb"\n"""Saw"" alpha";6;\n',
  )
  const { code, stdout, stderr } = await cli(['import', file, '--url', `${url}/`])
  t.match(stderr, /^not imported: Price\n2 created, 0 refused, in [\d.]+ s\n$/)
  t.same({ code, stdout }, { code: 0, stdout: '' })
  t.strictSame(await found('alpha'), [
    ['Mower alpha', 'a\nb'],
    ['"Saw" alpha', ''],
  ])
})

t.test('the service is on this machine at PORT, and API_TOKEN is its token', async (t) => {
  const { app, url } = await startService(t, { API_TOKEN: 'full', API_READ_TOKEN: 'reading' })
  const file = await fileWith(t, '{"name":"Mower"}\n', 'products.ndjson')
  const { port } = new URL(url)
  const { code } = await cli(['import', file], { env: { PORT: port, API_TOKEN: 'full, next' } })
  t.equal(code, 0)
  t.equal((await app.store.totals()).products, 1)

  const without = await cli(['import', file], { env: { PORT: port } })
  t.equal(without.code, 1)
  t.match(without.stderr, /error: .* answered 401: .*; set API_TOKEN to the token that/)
  t.notMatch(without.stderr, /go on/)
  const reading = await cli(['import', file], { env: { PORT: port, API_TOKEN: 'reading' } })
  t.equal(reading.code, 1)
  t.match(reading.stderr, /error: .* answered 403: .*; set API_TOKEN to a token that may write/)
})

t.test('standard input is a file, too', async (t) => {
  const stdin = '{"name":"Mower bravo"}\n{"name":"Saw bravo"}\n'
  const { code } = await cli(['import', '-', '--format', 'ndjson', '--url', url], { stdin })
  t.equal(code, 0)
  t.strictSame(await found('bravo'), [
    ['Mower bravo', ''],
    ['Saw bravo', ''],
  ])
})

t.test('it can go on from a line', async (t) => {
  const file = await fileWith(t, 'name\ncharlie 1\ncharlie 2\ncharlie 3\n')
  const { stderr } = await cli(['import', file, '--from-line', '3', '--url', url])
  t.match(stderr, /^2 created/)
  t.strictSame(await found('charlie'), [
    ['charlie 2', ''],
    ['charlie 3', ''],
  ])
})

t.test('refused rows are listed, and all of them written to a file', async (t) => {
  const name = `\u001b[31m${'x'.repeat(300)}`
  const file = await fileWith(
    t,
    `name,description\nMower,\n${name},\n,none\n${'a,b,c\n'.repeat(25)}`,
  )
  const refused = `${file}.refused`
  const { code, stderr } = await cli(['import', file, '--refused', refused, '--url', url])
  t.equal(code, 3)
  const lines = stderr.split('\n')
  t.match(lines[0], /^line 3 \(\ufffd\[31mx{54}…\): The name has 305 characters; at most 255/)
  t.match(lines[1], /^line 4 \(\): Give the product a name/)
  t.equal(lines[2], 'line 5: This row has the wrong number of cells, 3 instead of 2')
  t.match(lines[19], /^line 22: /)
  t.equal(lines[20], 'and 7 more')
  t.match(lines[21], /^1 created, 27 refused, in /)
  t.equal(lines.length, 23)
  const written = (await readFile(refused, 'utf8')).trimEnd().split('\n')
  t.equal(written.length, 27)
  t.match(JSON.parse(String(written[0])), { line: 3, name, message: /^The name has 305/ })
  t.same(JSON.parse(String(written[26])), {
    line: 29,
    name: null,
    message: 'This row has the wrong number of cells, 3 instead of 2',
  })
})

t.test('the file of refused rows is continued where the import is', async (t) => {
  const file = await fileWith(t, 'name\n""\necho\n""\n')
  const refused = `${file}.refused`
  await writeFile(refused, 'from an earlier import\n')
  const args = ['import', file, '--refused', refused, '--url', url]
  await cli(args)
  await cli([...args, '--from-line', '4'])
  const written = (await readFile(refused, 'utf8')).trimEnd().split('\n')
  t.same(
    written.map((line) => JSON.parse(line).line),
    [2, 4, 4],
  )
})

t.test('the refused rows do not go into the file that is imported', async (t) => {
  const content = 'name\n""\nfoxtrot\n'
  const file = await fileWith(t, content)
  await symlink(file, `${file}.symbolic`)
  await link(file, `${file}.hard`)
  for (const refused of [file, `${file}.symbolic`, `${file}.hard`]) {
    for (const line of ['1', '2']) {
      const args = ['import', file, '--refused', refused, '--from-line', line, '--url', url]
      t.same(await cli(args), {
        code: 1,
        stdout: '',
        stderr: `error: ${refused} is the file to import; choose another one for --refused\n`,
      })
    }
  }
  const script = '"$0" cli/main.ts import - --format csv --url "$2" --refused "$1" < "$1"'
  await t.rejects(promisify(execFile)('sh', ['-c', script, process.execPath, file, url]), {
    code: 1,
    stderr: `error: ${file} is the file to import; choose another one for --refused\n`,
  })
  t.equal(await readFile(file, 'utf8'), content)
  t.same(await found('foxtrot'), [])
})

t.test('a terminal is shown how far it is', async (t) => {
  const file = await fileWith(t, `name\n${rows(1500)}`)
  const { code, stderr } = await cli(['import', file, '--url', url], { terminal: ['stderr'] })
  t.equal(code, 0)
  t.match(stderr, /0% \| 0 created, 0 refused \|/)
  t.match(stderr, /100% \| 1,500 created, 0 refused \|/)

  const args = ['import', '-', '--format', 'csv', '--url', url]
  const piped = await cli(args, { terminal: ['stderr'], stdin: 'name\na' })
  t.match(piped.stderr, /1 created, 0 refused/)
  t.notMatch(piped.stderr, /%/)
})

t.test('unreadable files are reported', async (t) => {
  const folder = await temporaryFolder(t)
  const missing = await cli(['import', join(folder, 'none.csv'), '--url', url])
  t.same([missing.code, missing.stdout], [1, ''])
  t.match(missing.stderr, /^error: ENOENT: no such file or directory, stat '.*none.csv'\n$/)
  const file = await fileWith(t, 'name\na')
  const elsewhere = join(folder, 'none', 'refused')
  const unwritable = await cli(['import', file, '--refused', elsewhere, '--url', url])
  t.equal(unwritable.code, 1)
  t.match(unwritable.stderr, /^error: ENOENT: .*refused'\n$/)
})

t.test('an unreachable service is reported', async (t) => {
  const file = await fileWith(t, `name\n${rows(3)}`)
  const { code, stderr } = await cli(['import', file, '--url', 'http://127.0.0.1:1'])
  t.equal(code, 1)
  t.match(
    stderr,
    /^0 created, .*\nerror: The service at .*:1 cannot be reached \(ECONNREFUSED\); check that it runs, or set --url\n$/,
  )
})

/** A server that creates one batch, and answers the second in its own way. */
async function startFailing(
  t: Test,
  fail: (request: IncomingMessage) => { status: number; body: string },
) {
  let batches = 0
  return startServer(t, async (request, response) => {
    const { items } = (await json(request)) as { items: object[] }
    batches += 1
    const created = { status: 200, body: JSON.stringify({ items: items.map(() => ({})) }) }
    const { status, body } = batches === 1 ? created : fail(request)
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
}

const MAY_BE = 'up to 1,000 products from that line on may already have been created; check first\n'
const TROUBLES: [
  what: string,
  answer: { status: number; body: string } | undefined,
  said: string,
][] = [
  [
    'breaks off',
    undefined,
    `${MAY_BE}error: The connection to the service at URL broke (UND_ERR_SOCKET)\n`,
  ],
  [
    'has an error',
    { status: 503, body: '{"message":"stopping"}' },
    `${MAY_BE}error: The service at URL answered 503: stopping\n`,
  ],
  [
    'is another one',
    { status: 200, body: '<html>' },
    `${MAY_BE}error: The server at URL is not a product aggregator; set --url\n`,
  ],
  ['refuses', { status: 413, body: '"too large"' }, 'error: The service at URL answered 413\n'],
]
for (const [what, answer, said] of TROUBLES) {
  t.test(`if the service ${what} in the middle, it says how to continue`, async (t) => {
    const url = await startFailing(t, (request) => {
      if (!answer) request.socket.destroy()
      return answer ?? { status: 200, body: '' }
    })
    const file = await fileWith(t, `name\n${rows(2500)}`)
    const { code, stderr } = await cli(['import', file, '--url', url])
    t.equal(code, 1)
    t.match(stderr, /^1,000 created, 0 refused, in .* s\nto continue, use --from-line 1002\n/)
    t.ok(stderr.endsWith(`--from-line 1002\n${said.replace('URL', url)}`), stderr)
  })
}

t.test('a batch whose answer was lost is sent once more, under the same key', async (t) => {
  const keys: unknown[] = []
  const url = await startFailing(t, (request) => {
    keys.push(request.headers['idempotency-key'])
    if (keys.length === 1) request.socket.destroy()
    return { status: 200, body: JSON.stringify({ items: [] }) }
  })
  const file = await fileWith(t, `name\n${rows(2000)}`)
  const { code, stderr } = await cli(['import', file, '--url', url])
  t.equal(code, 0)
  t.match(stderr, /^2,000 created, 0 refused, in/)
  t.equal(keys.length, 2)
  t.match(keys[0], /^[\da-f-]{36}$/)
  t.equal(keys[1], keys[0])
})

t.test('interrupted, it finishes the batch in flight and says how to continue', async (t) => {
  const controller = new AbortController()
  const url = await startFailing(t, () => {
    controller.abort()
    return { status: 200, body: '{"items":[]}' }
  })
  const file = await fileWith(t, `name\n${rows(5500)}`)
  const { signal } = controller
  const { code, stderr } = await cli(['import', file, '--url', url], { signal })
  t.equal(code, 130)
  t.match(stderr, /^2,000 created, .*\nto continue, use --from-line 2002\nerror: interrupted\n$/)
})

t.test('it can be interrupted where it waits for standard input', async (t) => {
  const stdin = new PassThrough()
  stdin.write('name\nd')
  const controller = new AbortController()
  const args = ['import', '-', '--format', 'csv', '--url', url]
  const ended = cli(args, { stdin, signal: controller.signal })
  await eventually(() => stdin.readableLength === 0)
  controller.abort()
  t.match(await ended, { code: 130, stderr: /^0 created, .*\nerror: interrupted\n$/ })
})
