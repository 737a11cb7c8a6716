import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { PRODUCT } from './helper.ts'

const SERVER = fileURLToPath(new URL('../../simulator/server.ts', import.meta.url))

/** Starts the process; it is gone when the test ends. */
function start(t: { teardown(fn: () => unknown): unknown }, environment: Record<string, string>) {
  const child = spawn(process.execPath, [SERVER], {
    env: { ...process.env, SIMULATOR_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, errors }))
  const lines = createInterface({ input: child.stdout })
  const baseUrl = once(lines, 'line').then(([line]: unknown[]) => {
    const [, url] =
      /^Offers simulator listening at (http:\/\/127\.0\.0\.1:\d+\/api\/v1)$/.exec(String(line)) ??
      []
    return String(url)
  })
  return { child, ended, baseUrl }
}

async function post(url: string, token?: string, body?: object): Promise<unknown> {
  const headers: Record<string, string> = token ? { Bearer: token } : {}
  if (body) headers['content-type'] = 'application/json'
  const response = await fetch(url, { method: 'POST', headers, body: body && JSON.stringify(body) })
  return response.json()
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`says where it listens, and ends with ${signal}`, async (t) => {
    const { child, ended, baseUrl } = start(t, { SIMULATOR_GENERATION: '2' })
    const response = await fetch(`${await baseUrl}/auth`, { method: 'POST' })
    t.equal(response.status, 422)
    child.kill(signal)
    t.same(await ended, { code: 0, errors: '' })
  })
}

t.test('killed at once after its answers, it has lost none of them', async (t) => {
  const environment = { SIMULATOR_STATE: join(t.testdir(), 'state', 'journal') }
  const first = start(t, environment)
  const answer = await post(`${await first.baseUrl}/auth`)
  const token = JSON.stringify(answer).slice('{"access_token":"'.length, -'"}'.length)
  const product = { id: PRODUCT, name: 'Mower', description: 'Mows' }
  t.same(await post(`${await first.baseUrl}/products/register`, token, product), { id: PRODUCT })
  first.child.kill('SIGKILL')
  await first.ended

  const second = start(t, environment)
  const url = `${await second.baseUrl}/products/${PRODUCT}/offers`
  t.equal((await fetch(url, { headers: { Bearer: token } })).status, 200)
  second.child.kill('SIGTERM')
  await second.ended
})

t.test('a bad variable stops it with a message', async (t) => {
  const { code, errors } = await start(t, { SIMULATOR_PORT: 'x' }).ended
  t.equal(code, 1)
  t.match(
    errors,
    /^Offers simulator cannot start: Error: SIMULATOR_PORT: "x" is not an integer .+\n$/,
  )
})

t.test('a port that is taken stops it with a message', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const { code, errors } = await start(t, { SIMULATOR_PORT: String(port) }).ended
  t.equal(code, 1)
  t.match(errors, /EADDRINUSE/)
})
