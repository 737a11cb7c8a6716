/**
 * The Offers service and the service under test on one clock, which stands still unless it is moved.
 * Whatever happens while it stands happens at one moment for both, so that the log of the one says
 * exactly what the other observed, and when.
 */
import type { Test } from 'tap'
import type { Product } from '../../schemas/product.ts'
import type { LogEntry } from '../../simulator/served.ts'
import { postgresDatabase } from '../engine.ts'
import { databaseUrl, eventually } from '../helper.ts'
import { execute } from '../postgres/execute.ts'
import { type Service, type Settings, startService } from './process.ts'
import { type GatedSimulator, startSimulator } from './simulator.ts'

const writes = /^store_writes_(?:total|queued) (\d+)$/gm

/** Both services, and the clock. */
export class Run {
  readonly simulator: GatedSimulator
  readonly #time: { now: number }
  readonly #start: () => Promise<Service>
  readonly #endLeases: () => Promise<void>
  #service: Service
  #settings: Settings
  /** How many answers came too late for a process that was killed. */
  lost = 0

  private constructor(
    simulator: GatedSimulator,
    time: { now: number },
    settings: Settings,
    service: Service,
    database: {
      start: (settings: Settings) => Promise<Service>
      endLeases: () => Promise<void>
    },
  ) {
    this.simulator = simulator
    this.#time = time
    this.#settings = settings
    this.#service = service
    this.#start = () => database.start(this.#settings)
    this.#endLeases = database.endLeases
  }

  static async start(t: Test, now: number, settings: Settings): Promise<Run> {
    const time = { now }
    const simulator = await startSimulator(t, () => time.now)
    const url = await databaseUrl(t)
    const start = (settings: Settings) => startService(t, url, simulator, settings, time.now)
    // The lease of a killed instance ends in real time, which here is almost no time at all.
    const endLeases = async () => {
      if (postgresDatabase) await execute(url, 'DELETE FROM instances')
    }
    return new Run(simulator, time, settings, await start(settings), { start, endLeases })
  }

  get now(): number {
    return this.#time.now
  }

  get settings(): Settings {
    return this.#settings
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
    // Nothing may be on its way: it would be answered at one time and be noted at another.
    await this.simulator.close()
    meanwhile()
    await this.#service.setClock(this.now + ms)
    this.#time.now += ms
    this.simulator.open()
  }

  /** Resolves when the service has nothing more to do and all is written, as long as the clock stands. */
  async settled(): Promise<void> {
    let before = ''
    await eventually(async () => {
      await this.#service.rest()
      const metrics = await this.text('/metrics')
      const written = [...metrics.matchAll(writes)].map(([line]) => line)
      const now = [this.simulator.answered(), ...written].join()
      const same = now === before && written.includes('store_writes_queued 0')
      before = now
      return same
    })
  }

  /** Ends the service and starts it again with other settings. */
  async restart(settings: Settings): Promise<void> {
    await this.settled()
    await this.#service.end()
    this.#settings = settings
    this.#service = await this.#start()
  }

  /**
   * Kills the service as it is, and starts it again after so many ms on the clock. Gives the last
   * answers, but for those that it took no note of.
   */
  async kill(ms: number): Promise<LogEntry[]> {
    await this.simulator.close()
    await this.#service.kill()
    await this.simulator.deserted()
    await this.#endLeases()
    this.#time.now += ms
    this.#service = await this.#start()
    const noted = await this.#noted(this.simulator.takeLog())
    this.simulator.open()
    return noted
  }

  /** Ends the service with grace. */
  end(): Promise<void> {
    return this.#service.end()
  }

  /**
   * Of the last answers for each product, all good, those that the killed process took note of: what is
   * known of the product tells, since nothing has happened to it after them.
   */
  async #noted(entries: LogEntry[]): Promise<LogEntry[]> {
    const products = new Map((await this.products()).map((product) => [product.id, product]))
    const noted = entries.filter(({ call, product, at }) => {
      const known = products.get(product ?? '')
      if (call === 'register') return known?.registration.status === 'registered'
      return call === 'auth' || known?.checked_at === new Date(at).toISOString()
    })
    this.lost += entries.length - noted.length
    return noted
  }
}
