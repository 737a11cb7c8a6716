import t, { type Test } from 'tap'
import type { Status } from '../../../../schemas/status.ts'
import { eventually, startSimulator } from '../../../helper.ts'
import { buildLogged } from '../../../plugins/helper.ts'
import { API, create } from '../../../routes/helper.ts'
import {
  DAMAGES,
  damage,
  firstFreePage,
  fullDatabase,
  idsIn,
  type Tree,
  treesOf,
} from './database.ts'

type Logged = Awaited<ReturnType<typeof buildLogged>>

/** All that can be asked of the service with these products. */
const asked = ([id = '', other = '', third = '']: string[]): [
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  payload?: object,
][] => [
  ['GET', '/products?limit=200'],
  ['GET', '/products?q=lawn'],
  ['GET', '/products?sort=name&limit=200'],
  ['GET', '/products?sort=-lowest_price&limit=200'],
  ['GET', `/products/${id}`],
  ['GET', `/products/${id}/offers`],
  ['GET', `/products/${id}/offers?at=2026-01-08T00:00:00Z`],
  ['GET', `/products/${id}/trend?from=2026-01-01T00:00:00Z`],
  ['GET', `/products/${id}/trend?from=2026-01-01T00:00:00Z&interval=1h`],
  ['GET', '/movers?window=7d'],
  ['GET', '/export/prices?from=2026-01-01T00:00:00Z&to=2026-01-10T00:00:00Z'],
  ['GET', '/changes?limit=200'],
  ['GET', '/status'],
  ['POST', '/products', { name: 'new' }],
  ['POST', '/products/batch', { items: [{ name: 'a' }, { name: 'b' }] }],
  ['PATCH', `/products/${id}`, { name: 'changed' }],
  ['DELETE', `/products/${other}`],
  ['DELETE', `/products/${third}`],
]

/** Asks for everything and gives the statuses; an answer that broke off counts as 503. */
async function ask({ app }: Logged, ids: string[]): Promise<Map<string, number>> {
  const statuses = new Map<string, number>()
  for (const [method, url, payload] of asked(ids)) {
    const name = `${method} ${url}`
    const answer = await app
      .inject({ method, url: API + url, ...(payload && { payload }) })
      .catch(() => ({ statusCode: 503 }))
    statuses.set(name, answer.statusCode)
  }
  return statuses
}

/** A service on the file, with an Offers service; it need not be able to start. */
async function serviceOn(t: Test, path: string) {
  const simulator = await startSimulator(t)
  const logged = await buildLogged(t, {
    DATABASE_URL: `file:${path}`,
    OFFERS_BASE_URL: simulator.baseUrl,
    REFRESH_INTERVAL_SECONDS: '1',
    LOG_LEVEL: 'error',
  })
  const worked = () => simulator.served.requests.offers > 20 || logged.app.store.damage.length > 0
  return { ...logged, worked }
}

type ServiceOn = Awaited<ReturnType<typeof serviceOn>>

/** The name that the log has for a tree: the parts of the full-text index are told as one. */
const said = (name: string) => name.replace(/_(data|idx|docsize|config)$/, '')

/**
 * Asks for everything, and asserts that the service lives, has said what is damaged where that kept it from anything, and
 * tells.
 */
async function tells(t: Test, service: ServiceOn, name: string, ids: string[]) {
  const { app, lines } = service
  const statuses = await ask(service, ids)
  await eventually(service.worked)
  for (const [asked, status] of statuses)
    t.ok(status < 300 || status === 503, `${asked}: ${status}`)
  t.equal((await app.inject('/health/live')).statusCode, 200)
  const ready = await app.inject('/health/ready')
  // Whether a create needs a free page depends on where its rows fall: one can fail, and the next succeed.
  const mayCreate = name === 'free pages'
  if (statuses.get('POST /products') === 503 && !mayCreate) t.equal(ready.statusCode, 503)
  if (![...statuses.values()].includes(503)) return
  const checked = await eventually(() =>
    lines.find(({ msg }) => /damaged \(|check found/.test(msg)),
  )
  if (checked?.msg.endsWith('a full check found none')) {
    // The writer thread still had the pages as they were before, and wrote them again before the check.
    t.notOk([...(await ask(service, ids)).values()].includes(503))
    return
  }
  const log = lines.map((line) => JSON.stringify(line)).join('\n')
  t.match(log, new RegExp(`the database is damaged \\([^"]*${said(name)}`))
  t.match(log, 'npm run verify')
  if (ready.statusCode === 200) t.match(ready.json(), { status: 'degraded', damaged: [/./] })
  const status = await app.inject(`${API}/status`)
  if (status.statusCode === 200) t.match(status.json<Status>().database.damaged, [/./])
}

/** With 2, each is damaged both before the start and while the service runs; else in turns. */
const ROUNDS = Number(process.env.DAMAGE_ROUNDS ?? 1)

async function damagedBefore(t: Test, { name, pages }: Tree): Promise<void> {
  const path = await fullDatabase(t)
  const numbers = pages.map(({ page }) => page)
  await damage(path, numbers)
  const service = await serviceOn(t, path)
  const refused = await service.app.ready().then(() => undefined, String)
  if (refused !== undefined) {
    t.match(refused, new RegExp(`it is damaged:\n(.*\n)*.*${said(name)}`))
    t.match(refused, 'npm run verify')
    return
  }
  await tells(t, service, name, idsIn(path))
}

async function damagedMeanwhile(t: Test, { name, pages }: Tree): Promise<void> {
  const path = await fullDatabase(t)
  const service = await serviceOn(t, path)
  await service.app.ready()
  const ids = idsIn(path)
  const numbers = pages.map(({ page }) => page)
  await damage(path, numbers, DAMAGES.noise)
  await create(service.app, { name: 'What is written has others read the file again' })
  await tells(t, service, name, ids)
}

t.test('a damaged table or index does not stop the service, and the log names it', async (t) => {
  for (const [index, tree] of treesOf(await fullDatabase(t)).entries()) {
    for (let round = 0; round < ROUNDS; round++) {
      const before = (index + round) % 2 === 0
      await t.test(`${tree.name}, ${before ? 'before the start' : 'meanwhile'}`, (t) =>
        before ? damagedBefore(t, tree) : damagedMeanwhile(t, tree),
      )
    }
  }
})

t.test('a start skips the work that needs a damaged part', async (t) => {
  const path = await fullDatabase(t)
  for (const { name, pages } of treesOf(path)) {
    if (!/^(products_register_at|secrets)$/.test(name)) continue
    await damage(
      path,
      pages.map(({ page }) => page),
    )
  }
  const { app, lines } = await serviceOn(t, path)
  await app.ready()
  const said = lines.map(({ msg }) => msg)
  t.ok(said.includes('could not retry failed registrations now; each is retried when due'))
  t.ok(
    said.includes('could not read the cursor secret; cursors from before this start are refused'),
  )
  t.ok(
    said.includes('could not read the session secret; stream sessions end when the service stops'),
  )
  const { next_cursor } = (await app.inject(`${API}/products?limit=5`)).json()
  t.equal((await app.inject(`${API}/products?limit=5&cursor=${next_cursor}`)).statusCode, 200)
})

t.test('a damaged list of free pages', async (t) => {
  const path = await fullDatabase(t)
  await damage(path, [await firstFreePage(path)], DAMAGES.noise)
  const service = await serviceOn(t, path)
  await service.app.ready()
  await tells(t, service, 'free pages', idsIn(path))
})

t.test('a damaged first page', async (t) => {
  const before = await fullDatabase(t)
  await damage(before, [1])
  const refused = await (await serviceOn(t, before)).app.ready().then(() => '', String)
  t.match(refused, /it is damaged:\n {2}sqlite_schema \(all of it\): file is not a database/)

  const path = await fullDatabase(t)
  const service = await serviceOn(t, path)
  await service.app.ready()
  const ids = idsIn(path)
  await damage(path, [1])
  const statuses = await ask(service, ids)
  for (const [asked, status] of statuses)
    t.ok(status < 300 || status === 503, `${asked}: ${status}`)
  t.equal((await service.app.inject('/health/live')).statusCode, 200)
})
