import { unlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { eventually, startSimulator, temporaryFolder } from './helper.ts'
import { call, type Running, run, SERVICE, start } from './process.ts'

const API = '/api/v1'

async function product(service: Running, id: string) {
  return (await call('GET', `${service.url}${API}/products/${id}`)).json
}

/** The variable that has Node run a module before the program. */
const preload = (source: string) => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}`,
})

/** What has a program send itself a signal when it loads a file of the project. */
const signalAt = (file: string) =>
  preload(`
    import { registerHooks } from 'node:module'
    registerHooks({
      load(url, context, next) {
        if (url === '${new URL(`../${file}`, import.meta.url)}') process.kill(process.pid, 'SIGTERM')
        return next(url, context)
      },
    })`)

t.test('an older Node.js gets a message that says what is needed', async (t) => {
  const older = "{ ...process.versions, node: '20.20.2' }"
  const { code, output } = await run(
    t,
    SERVICE,
    preload(`Object.defineProperty(process, 'versions', { value: ${older} })`),
  )
  t.equal(code, 1)
  t.match(
    output,
    /^The service needs Node\.js 26 or newer, but this is 20\.20\.2\. Run it with `npm/,
  )
})

for (const file of [
  'server.ts',
  'app.ts',
  'db/sqlite/writer-thread.ts',
  'simulator/app.ts',
  'node_modules/undici/lib/dispatcher/client-h1.js',
]) {
  t.test(`a signal that comes while ${file} is loaded ends the start`, async (t) => {
    const { code, output } = await run(t, SERVICE, {
      PORT: '0',
      DATABASE_URL: `file:${join(await temporaryFolder(t), 'test.db')}`,
      ...signalAt(file),
    })
    t.equal(code, 0, output)
  })
}

t.test(
  'variables that are not set are read from a file .env in the working directory',
  async (t) => {
    const folder = await temporaryFolder(t)
    await writeFile(join(folder, '.env'), 'PORT=http\nLOG_LEVEL=loud\n')
    const { code, output } = await run(t, SERVICE, { LOG_LEVEL: 'info' }, folder)
    t.equal(code, 1)
    t.match(output, /PORT: "http" is not an integer/)
    t.notMatch(output, /LOG_LEVEL/)
  },
)

t.test('a bad configuration stops the start with a message', async (t) => {
  const { code, output } = await run(t, SERVICE, { PORT: 'http' })
  t.equal(code, 1)
  t.match(output, /^Invalid configuration:\nPORT: "http" is not an integer from 0 to 65535$/)
})

t.test('production without an Offers service is refused', async (t) => {
  const { code, output } = await run(t, SERVICE, { NODE_ENV: 'production' })
  t.equal(code, 1)
  t.match(output, /OFFERS_BASE_URL: not set/)
})

t.test('a port that is taken stops the start with a message', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await eventually(() => other.listening)
  const { port } = other.address() as AddressInfo
  const { code, output } = await run(t, SERVICE, {
    PORT: String(port),
    DATABASE_URL: `file:${join(await temporaryFolder(t), 'test.db')}`,
  })
  t.equal(code, 1)
  t.match(output, /The service could not start:\nlisten EADDRINUSE/)
})

t.test('a start that a signal ended is no failure, even where it would have failed', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await eventually(() => other.listening)
  const { port } = other.address() as AddressInfo
  const { code, output } = await run(t, SERVICE, {
    PORT: String(port),
    DATABASE_URL: `file:${join(await temporaryFolder(t), 'test.db')}`,
    ...signalAt('simulator/app.ts'),
  })
  t.equal(code, 0, output)
  t.notMatch(output, 'The service could not start')
})

t.test('without any configuration a new product has offers soon', async (t) => {
  const DATABASE_URL = `file:${join(await temporaryFolder(t), 'test.db')}`
  const service = await start(t, SERVICE, { PORT: '0', DATABASE_URL })
  t.match(service.output(), /the built-in simulator makes up all offers/)
  const created = await call('POST', `${service.url}${API}/products`, { name: 'a' })
  t.equal(created.status, 201)
  await eventually(async () => (await product(service, created.json.id)).checked_at)
  t.match((await call('GET', `${service.url}${API}/status`)).json, {
    upstream: { simulated: true },
    products: 2, // The other one is the example.
    registrations_pending: 0,
  })
  t.same(await service.stop('SIGINT'), [0, null])
})

t.test('a signal lets the work under way finish', async (t) => {
  const simulator = await startSimulator(t)
  const DATABASE_URL = `file:${join(await temporaryFolder(t), 'test.db')}`
  const variables = { PORT: '0', DATABASE_URL, OFFERS_BASE_URL: simulator.baseUrl }
  const service = await start(t, SERVICE, variables)
  simulator.faults.settings.latency_ms = 300
  const { json } = await call('POST', `${service.url}${API}/products`, { name: 'a' })
  await eventually(() => simulator.served.requests.register === 1)
  const asked = Date.now()
  t.same(await service.stop('SIGTERM'), [0, null])
  t.ok(Date.now() - asked < 10_000)

  const again = await start(t, SERVICE, variables)
  await eventually(async () => (await product(again, json.id)).checked_at)
  t.match(simulator.served.requests, { auth: 1, register: 1 }, 'its registration was written')
  await again.stop('SIGTERM')
})

t.test('a service that can no longer write ends, to be restarted', async (t) => {
  const death = "process.on('worker', (writer) => process.on('SIGWINCH', () => writer.terminate()))"
  const service = await start(t, SERVICE, {
    PORT: '0',
    DATABASE_URL: `file:${join(await temporaryFolder(t), 'test.db')}`,
    ...preload(death),
  })
  t.same(await service.stop('SIGWINCH'), [1, null])
  t.match(service.output(), /"level":60.*the writer thread has ended/)
})

t.test('a second service waits for one that is stopping, then has the database', async (t) => {
  const DATABASE_URL = `file:${join(await temporaryFolder(t), 'test.db')}`
  const variables = { PORT: '0', DATABASE_URL }
  const first = await start(t, SERVICE, variables)
  const { json } = await call('POST', `${first.url}${API}/products`, { name: 'a' })
  const starting = start(t, SERVICE, variables)
  t.same(await first.stop('SIGTERM'), [0, null])
  const second = await starting
  t.equal((await product(second, json.id)).name, 'a')
  t.same(await second.stop('SIGTERM'), [0, null])
})

t.test('a second service on the database of one that runs ends with status 1', async (t) => {
  const DATABASE_URL = `file:${join(await temporaryFolder(t), 'test.db')}`
  const first = await start(t, SERVICE, { PORT: '0', DATABASE_URL })
  // Its clock runs fast while it waits, and only then: a slow start takes nothing from the time in which it waits.
  const hurry = `
    import timers from 'node:timers/promises'
    import { syncBuiltinESMExports } from 'node:module'
    const { setTimeout } = timers
    const { now } = performance
    let waited = 0
    timers.setTimeout = async (ms, ...given) => {
      const value = await setTimeout(ms, ...given)
      waited += 1000 * ms
      return value
    }
    syncBuiltinESMExports()
    performance.now = () => now.call(performance) + waited`
  const { code, output } = await run(t, SERVICE, { PORT: '0', DATABASE_URL, ...preload(hurry) })
  t.equal(code, 1)
  t.match(output, /"level":40.*another process has the database open; waiting for it to stop/)
  t.match(
    output,
    /The service could not start:\n.* did not stop within 15 s; stop that first, or set DATABASE_URL/,
  )
  t.equal((await call('GET', `${first.url}/health/ready`)).status, 200)
  await first.stop('SIGTERM')
})

t.test(
  'a service whose database file is deleted acknowledges nothing and says what to do',
  async (t) => {
    const path = join(await temporaryFolder(t), 'test.db')
    const service = await start(t, SERVICE, { PORT: '0', DATABASE_URL: `file:${path}` })
    const create = () => call('POST', `${service.url}${API}/products`, { name: 'a' })
    t.equal((await create()).status, 201)
    await unlink(path)
    t.equal((await create()).status, 503)
    t.equal((await call('GET', `${service.url}/health/ready`)).status, 503)
    t.equal((await call('GET', `${service.url}/health/live`)).status, 200)
    t.match(service.output(), /"level":60.*test.db was deleted.*put the database back or restore/)
    t.same(await service.stop('SIGTERM'), [0, null])
  },
)

t.test('a client that never ends its request does not hold up the end', async (t) => {
  const DATABASE_URL = `file:${join(await temporaryFolder(t), 'test.db')}`
  const service = await start(t, SERVICE, { PORT: '0', DATABASE_URL })
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.on('error', () => {})
  socket.write('POST /api/v1/products HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n')
  socket.write('content-length: 100\r\n\r\n{"name":')
  await eventually(() => socket.bytesWritten > 100 && !socket.connecting)
  await call('GET', `${service.url}/health/ready`)
  t.same(await service.stop('SIGTERM'), [0, null])
  t.match(service.output(), /"msg":"stopped"/)
})

t.test('an error that nothing caught is logged, and ends the service with grace', async (t) => {
  const bug = "process.on('SIGWINCH', () => { throw new Error('a bug') })"
  const service = await start(t, SERVICE, {
    PORT: '0',
    DATABASE_URL: `file:${join(await temporaryFolder(t), 'test.db')}`,
    ...preload(bug),
  })
  t.same(await service.stop('SIGWINCH'), [1, null])
  t.match(service.output(), /"level":60.*"message":"a bug"/)
  t.match(service.output(), /"msg":"stopped"/)
})
