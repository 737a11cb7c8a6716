import { access, readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { startReceiver } from '../../cli/demo/receiver.ts'
import { EXAMPLE_PRODUCT } from '../../schemas/example.ts'
import type { WebhookList } from '../../schemas/webhook.ts'
import { eventually, startApp, temporaryFolder } from '../helper.ts'
import { API, PRODUCTS, read } from '../routes/helper.ts'
import { cli, spawnCli } from './helper.ts'

const DAY_MS = 86_400_000

t.test(
  'the demonstration is a catalogue with a past, which the service goes on with',
  async (t) => {
    const database = join(await temporaryFolder(t), 'folder', 'demo.db')
    const args = ['demo', '--no-start', '--days', '1', '--database', database]
    // Neither of these is for the demonstration.
    const env = { DATABASE_URL: 'file:/nowhere/else.db', OFFERS_BASE_URL: 'http://127.0.0.1:1' }
    const made = await cli(args, { env })
    t.match(made, { code: 0, stdout: '' })
    t.match(made.stderr, /^making .*demo\.db with 1 day of prices\nmade it in [\d.]+ s\n$/)

    await t.test('a second run leaves it as it is', async (t) => {
      const before = await readFile(database)
      t.same(await cli(args, { env }), { code: 0, stdout: '', stderr: '' })
      t.ok(before.equals(await readFile(database)))
    })

    await t.test('the service runs on it, and it is not made again meanwhile', async (t) => {
      const { child, ended } = spawnCli(t, ['demo', '--database', database], { PORT: '0' })
      const url = await new Promise<string>((resolve) => {
        createInterface({ input: child.stdout }).on('line', (line) => {
          const [found] = /http:\/\/[\d.:]+/.exec(/listening at .*/i.exec(line)?.[0] ?? '') ?? []
          if (found) resolve(found)
        })
      })
      const status = await (await fetch(`${url}${API}/status`)).json()
      t.match(status, { products: 60, refresh: { interval_s: 10 }, upstream: { simulated: true } })
      await eventually(async () => {
        const { items } = (await (await fetch(`${url}${API}/webhooks`)).json()) as WebhookList
        return items[0]?.last_status === 204
      })
      const { code, stderr } = await cli([...args, '--fresh'], { env })
      t.equal(code, 1)
      t.match(stderr, /another process/)
      child.kill('SIGTERM')
      t.match(await ended, { code: 0 })
    })

    const app = await startApp(t, {
      DATABASE_URL: `file:${database}`,
      OFFERS_BASE_URL: '',
      REFRESH_INTERVAL_SECONDS: '1',
    })
    const get = async (url: string) => (await app.inject(url)).json()

    await t.test('it has 60 products under different keys', async (t) => {
      const { items } = await get(`${PRODUCTS}?limit=200`)
      t.equal(items.length, 60)
      t.equal(new Set(items.map(({ name }: { name: string }) => name)).size, 60)
      t.equal(new Set(items.map((item: { external_id: string }) => item.external_id)).size, 60)
      t.match(await read(app, EXAMPLE_PRODUCT.id), EXAMPLE_PRODUCT)
    })

    await t.test('its prices go back a day without a gap', async (t) => {
      const to = new Date(Date.now() - 60 * 60_000)
      const from = new Date(to.getTime() - DAY_MS + 2 * 60 * 60_000).toISOString()
      const window = `from=${from}&to=${to.toISOString()}`
      const trend = await get(`${PRODUCTS}/${EXAMPLE_PRODUCT.id}/trend?${window}`)
      t.equal(trend.coverage, 1)
      t.ok(trend.prices.length > 100)
      t.ok(trend.high > trend.low)
    })

    await t.test('each department has a tag', async (t) => {
      const { items } = await get(`${PRODUCTS}?tag=kitchen&limit=200`)
      t.equal(items.length, 10)
    })

    await t.test('there are alerts', async (t) => {
      const { items } = await get(`${API}/alerts`)
      t.equal(items.length, 3)
    })

    await t.test('the simulator knows its products, so none is registered again', async (t) => {
      const { checked_at } = await read(app, EXAMPLE_PRODUCT.id)
      await eventually(async () => (await read(app, EXAMPLE_PRODUCT.id)).checked_at !== checked_at)
      const { registrations_pending } = await get(`${API}/status`)
      t.equal(registrations_pending, 0)
      const { items } = await get(`${API}/changes?type=product.registered`)
      t.ok(items.every(({ at }: { at: string }) => Date.parse(at) < Date.now() - DAY_MS / 2))
    })
  },
)

t.test('the receiver of its webhook says if its port is not free', async (t) => {
  const told: string[] = []
  const stderr = { write: (text: string) => told.push(text) > 0 }
  const first = await startReceiver(0, stderr)
  t.teardown(() => first.close())
  const { port } = first.address() as AddressInfo
  const second = await startReceiver(port, stderr)
  t.notOk(second.listening)
  t.strictSame(told, [
    `The messages of the webhook are not received: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`,
  ])
  first.emit('error', new Error('accept EMFILE'))
  t.match(told.at(-1), /not received: accept EMFILE/, 'a later fault does not end the process')
  const response = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: '{}' })
  t.equal(response.status, 204)
})

t.test('where it is interrupted, what was there before is still there', async (t) => {
  const path = join(await temporaryFolder(t), 'demo.db')
  await cli(['migrate'], { env: { DATABASE_URL: `file:${path}` } })
  const again = ['demo', '--no-start', '--fresh', '--database', path]
  t.equal((await cli(again, { signal: AbortSignal.abort() })).code, 130)
  t.notMatch((await readFile(path)).toString('latin1'), 'GARDEN-101')
})

t.test('if it is interrupted, it leaves no partial database', async (t) => {
  const database = join(await temporaryFolder(t), 'demo.db')
  const args = ['demo', '--no-start', '--days', '1', '--database', database]
  const { code } = await cli(args, { signal: AbortSignal.abort() })
  t.equal(code, 130)
  await t.rejects(access(database))
})

t.test('it cannot go back less than a day or more than a year', async (t) => {
  for (const days of ['0', '366', 'x']) {
    const { code, stderr } = await cli(['demo', '--days', days])
    t.equal(code, 2)
    t.match(stderr, /It must be a whole number from 1 to 365\./)
  }
})
