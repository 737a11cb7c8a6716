/**
 * The Offers service and the service under test on one clock, which stands still unless it is moved.
 * Whatever happens while it stands happens at one moment for both, so that the log of the one says
 * exactly what the other observed, and when.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { Pool } from 'undici'
import { buildSimulator, PROTOCOL_PREFIX } from '../../offers/simulator/app.ts'
import type { LogEntry } from '../../offers/simulator/served.ts'
import type { Product } from '../../schemas/product.ts'
import { eventually, temporaryFolder } from '../helper.ts'
import { pollOf } from './model.ts'
import type { Order, Report } from './service.ts'

/** The refresh interval, and the time in which prices move, in ms. */
export const INTERVAL_MS = 1000

/** So much of a pause between two polls still counts as looking: three intervals. */
export const GAP_MS = 3 * INTERVAL_MS

const entry = fileURLToPath(new URL('service.ts', import.meta.url))
const calls = /^offers_call_duration_seconds_count\{call="\w+",result="(?!paused)[\w-]+"\} (\d+)$/gm
const writes = /^store_writes_(?:total|queued) (\d+)$/gm

const sumOf = (counts: Iterable<number>) => [...counts].reduce((sum, count) => sum + count, 0)

/** The simulator with a gate before it: closed, it lets requests wait. */
async function startSimulator(t: Test, clock: () => number) {
  const app = buildSimulator({ clock, log: true, tickMs: INTERVAL_MS })
  let waiting: (() => void)[] | null = null
  app.addHook('onRequest', (request, _reply, done) => {
    if (!waiting) return done()
    // Who was killed meanwhile is not to be answered: the log would tell of what nobody heard.
    waiting.push(() => request.raw.socket.destroyed || done())
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const { port } = app.server.address() as AddressInfo
  const { served } = app.simulator
  const total = (counts: Record<'register' | 'offers', number>) => counts.register + counts.offers
  return {
    ...app.simulator,
    baseUrl: `http://127.0.0.1:${port}${PROTOCOL_PREFIX}`,
    /** How many calls were let in, and answered. */
    letIn: () => total(served.requests),
    answered: () => {
      const { register, offers } = served.statuses
      return sumOf([...Object.values(register), ...Object.values(offers)])
    },
    close() {
      waiting ??= []
    },
    open() {
      const released = waiting ?? []
      waiting = null
      for (const enter of released) enter()
    },
    /** Resolves when no connection is left. */
    async deserted() {
      await eventually(() => {
        const { promise, resolve } = Promise.withResolvers<boolean>()
        app.server.getConnections((_error, count) => resolve(count === 0))
        return promise
      })
    },
  }
}

type Simulator = Awaited<ReturnType<typeof startSimulator>>

/** The service in a process of its own, on the database in a folder, with its clock at `now`. */
async function startService(t: Test, folder: string, simulator: Simulator, now: number) {
  const { PATH, NODE_V8_COVERAGE } = process.env
  const child = fork(entry, {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...{ PATH, NODE_V8_COVERAGE },
      NOW: String(now),
      LOG_LEVEL: 'silent',
      DATABASE_URL: `file:${join(folder, 'replay.db')}`,
      OFFERS_BASE_URL: simulator.baseUrl,
      OFFERS_TIMEOUT_MS: '60000', // What waits at the gate must not be given up.
      REFRESH_INTERVAL_SECONDS: String(INTERVAL_MS / 1000),
    },
  })
  t.teardown(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')

  async function report(): Promise<Report> {
    const ended = exited.then(() => Promise.reject(new Error('the service has ended')))
    const [report] = await Promise.race([once(child, 'message'), ended])
    return report
  }

  const started = await report()
  if (typeof started === 'string' || !('url' in started)) throw new Error('it has not started')
  const pool = new Pool(started.url, { connections: 8 })
  t.teardown(() => pool.destroy())
  return {
    pool,
    /** How many calls were let in and answered, and how long the log was, when it was started. */
    before: {
      letIn: simulator.letIn(),
      answered: simulator.answered(),
      logged: simulator.served.log().length,
    },
    /** Resolves when the order is carried out. */
    async order(order: Order): Promise<void> {
      child.send(order)
      await report()
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL')
      await exited
      await pool.destroy()
    },
    async end(): Promise<void> {
      child.send('end' satisfies Order)
      await exited
    },
  }
}

/** Both services, and the clock. */
export class Run {
  readonly simulator: Simulator
  readonly #restart: () => ReturnType<typeof startService>
  readonly #time: { now: number }
  #service: Awaited<ReturnType<typeof startService>>
  readonly #lost = new Set<LogEntry>()

  private constructor(
    simulator: Simulator,
    time: { now: number },
    service: Awaited<ReturnType<typeof startService>>,
    restart: () => ReturnType<typeof startService>,
  ) {
    this.simulator = simulator
    this.#time = time
    this.#service = service
    this.#restart = restart
  }

  static async start(t: Test, now: number): Promise<Run> {
    const time = { now }
    const simulator = await startSimulator(t, () => time.now)
    const folder = await temporaryFolder(t)
    const start = () => startService(t, folder, simulator, time.now)
    return new Run(simulator, time, await start(), start)
  }

  get now(): number {
    return this.#time.now
  }

  /** The answers that the service took note of: those are left out that a kill took from it. */
  get log(): LogEntry[] {
    return this.simulator.served.log().filter((entry) => !this.#lost.has(entry))
  }

  /** How many answers came too late for a process that was killed. */
  get lost(): number {
    return this.#lost.size
  }

  /** The text that a request is answered with; fails unless that is status 200. */
  async text(path: string, method: 'GET' | 'POST' = 'GET', body?: object): Promise<string> {
    const { statusCode, body: answer } = await this.#service.pool.request({
      method,
      path,
      headers: body && { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    })
    const text = await answer.text()
    if (statusCode !== 200) throw new Error(`${method} ${path}: ${statusCode} ${text}`)
    return text
  }

  /** The same from under `/api/v1`, as JSON. */
  async json<T>(path: string, body?: object): Promise<T> {
    return JSON.parse(await this.text(`/api/v1${path}`, body ? 'POST' : 'GET', body))
  }

  /** All products as the list has them. */
  async products(): Promise<Product[]> {
    const products: Product[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const after: string = cursor && `&cursor=${cursor}`
      const page = await this.json<{ items: Product[]; next_cursor: string | null }>(
        `/products?limit=200${after}`,
      )
      products.push(...page.items)
      cursor = page.next_cursor
    }
    return products
  }

  /** Moves the clock, and lets `meanwhile` change what is to be answered from then on. */
  async move(ms: number, meanwhile: () => void = () => {}): Promise<void> {
    const { simulator } = this
    simulator.close()
    // Nothing may be on its way: it would be answered at one time and be noted at another.
    await eventually(() => this.#isQuiet())
    meanwhile()
    await this.#service.order({ now: this.now + ms })
    this.#time.now += ms
    simulator.open()
  }

  /** The same, and gives the service the time to start what has become due. */
  async advance(ms: number, meanwhile?: () => void): Promise<void> {
    await this.move(ms, meanwhile)
    await this.#service.order('beat')
  }

  /** Resolves when the service has nothing more to do and all is written, as long as the clock stands. */
  async settled(): Promise<void> {
    let before = ''
    await eventually(async () => {
      await this.#service.order('beat')
      const metrics = await this.text('/metrics')
      const written = [...metrics.matchAll(writes)].map(([line]) => line)
      const now = [this.simulator.answered(), ...written].join()
      const same = now === before && written.includes('store_writes_queued 0')
      before = now
      return same && (await this.#isQuiet())
    })
  }

  /** Kills the service as it is, and starts it again after so many ms on the clock. */
  async killAndRestart(ms: number): Promise<void> {
    const { simulator } = this
    simulator.close()
    await this.#service.kill()
    await simulator.deserted()
    const life = simulator.served.log().slice(this.#service.before.logged)
    this.#time.now += ms
    this.#service = await this.#restart()
    await this.#findLost(life)
    simulator.open()
  }

  /** Ends the service with grace. */
  end(): Promise<void> {
    return this.#service.end()
  }

  /**
   * Finds the answers that a killed process took no note of. The last one for each product can be such
   * an answer, and what is known of the product tells whether it is: nothing has happened since.
   */
  async #findLost(life: LogEntry[]): Promise<void> {
    const entries = Map.groupBy(life, ({ product }) => product)
    for (const { id, registration, checked_at } of await this.products()) {
      const own = entries.get(id) ?? []
      for (const entry of own) {
        if (entry.call === 'register' && registration.status !== 'registered') this.#lost.add(entry)
      }
      const last = own.findLast(({ call }) => call === 'offers')
      if (!last) continue
      const failed = pollOf(last).seen === null
      const known = failed
        ? !(await this.#isLooking(id, checked_at))
        : checked_at === new Date(last.at).toISOString()
      if (!known) this.#lost.add(last)
    }
  }

  /** Whether the last good poll is taken to hold still, because none is known that failed. */
  async #isLooking(id: string, checkedAt: string | null): Promise<boolean> {
    if (checkedAt === null) return false
    const window = new URLSearchParams({ from: checkedAt, to: new Date(this.now).toISOString() })
    const { coverage } = await this.json<{ coverage: number }>(`/products/${id}/trend?${window}`)
    return coverage === 1
  }

  /** Whether no call is on its way: each one that was let in has ended for the service. */
  async #isQuiet(): Promise<boolean> {
    const { before } = this.#service
    const letIn = this.simulator.letIn() - before.letIn
    const answered = this.simulator.answered() - before.answered
    if (letIn > answered) return false
    const metrics = await this.text('/metrics')
    return sumOf(metrics.matchAll(calls).map(([, count]) => Number(count))) === answered
  }
}
