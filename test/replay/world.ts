import { setTimeout as delay } from 'node:timers/promises'
import type { Product } from '../../schemas/product.ts'
import type { LogEntry } from '../../simulator/served.ts'
import { eventually } from '../helper.ts'
import type { Chance } from './chance.ts'
import type { Span } from './model/looks.ts'
import { type Poll, pollOf } from './model/poll.ts'
import { ProductModel } from './model/product.ts'
import { HOUR_MS } from './model/series.ts'
import type { Settings } from './process.ts'
import type { Run } from './run.ts'
import { Shelf } from './shelves.ts'

const DAY_MS = 24 * HOUR_MS

/** For so long it asks not to be called where it answers 429. */
export const PAUSE_SECONDS = 400

/** Outcomes gather for 50 ms, and are written some ms later. */
const LONGEST_WRITE_MS = 80

/** A product, with what decides its history. */
export interface Known {
  model: ProductModel
  createdAt: string
  registeredAt: string | undefined
  shelf: Shelf | undefined
  /** How often something happens to it, in ms; the market has its own pace. */
  everyMs: number
}

/** Of four products one follows the market, and the others are set by hand, at a pace of their own. */
const PACES = [0, HOUR_MS / 2, 8 * HOUR_MS, 40 * HOUR_MS]

/** What happens, and what is to be known of it. */
export class World {
  readonly run: Run
  readonly products = new Map<string, Known>()
  readonly #chance: Chance
  /** When the Offers service was not to be called. */
  readonly #pauses: Span[] = []
  /** What is from before this may have been deleted. */
  #deletable = 0
  /** Changes from before this may have left the feed. */
  #feedSince = 0
  /** All polls in their order, each with how many changes of its product were known after it. */
  readonly #polls: { model: ProductModel; at: number; changes: number }[] = []
  #at: number
  counts = { polls: 0, failed: 0, moves: 0, kills: 0, restarts: 0, steps: 0 }

  constructor(run: Run, chance: Chance) {
    this.run = run
    this.#chance = chance
    this.#at = run.now
  }

  /** For so long after a good poll a product counts as looked at: three intervals. */
  get gapMs(): number {
    return 3 * this.run.settings.refreshSeconds * 1000
  }

  /** Creates products. They are registered when the clock is moved. */
  async create(count: number): Promise<void> {
    const first = this.products.size
    const items = Array.from({ length: count }, (_, index) => ({
      name: `Product ${first + index}`,
    }))
    const answer = await this.run.json<{ items: { product: Product }[] }>('/products/batch', {
      items,
    })
    for (const [index, { product }] of answer.items.entries()) {
      const kind = (first + index) % PACES.length
      const high = this.#chance.below(8) === 0
      this.products.set(product.id, {
        model: new ProductModel(product.id, this.#pauses),
        createdAt: product.created_at,
        registeredAt: undefined,
        shelf: kind === 0 ? undefined : new Shelf(this.#chance, high),
        everyMs: PACES[kind] ?? 0,
      })
    }
  }

  /** Moves the clock, with random events and `meanwhile`. */
  async move(ms: number, meanwhile: () => void = () => {}): Promise<void> {
    this.counts.moves += 1
    await this.run.move(ms, () => {
      meanwhile()
      this.#passed(this.run.now + ms)
    })
    this.#noteTime()
  }

  /** Takes into the models what was answered; all of it must be written. */
  take(entries: LogEntry[] = this.run.simulator.takeLog()): void {
    for (const entry of entries) {
      const { at, status } = entry
      if (status === 429) this.#pauses.push({ since: at, until: at + PAUSE_SECONDS * 1000 })
      const known = this.products.get(entry.product ?? '')
      if (!known || status === 429) continue
      if (entry.call === 'offers') this.#look(known.model, pollOf(entry))
      else if (status === 201) known.registeredAt ??= new Date(at).toISOString()
    }
  }

  /** Lets the service come to rest, so that the models know all that it knows. */
  async rest(): Promise<void> {
    await this.run.settled()
    this.take()
  }

  async restart(settings: Settings): Promise<void> {
    this.counts.restarts += 1
    await this.rest()
    await this.run.restart(settings)
    this.take()
  }

  /** Kills the service while it works, at first on what `begin` has it do. */
  async kill(ms: number, begin: () => Promise<void> = async () => {}): Promise<void> {
    const { faults, answered } = this.run.simulator
    this.counts.kills += 1
    await this.rest()
    const { error_rate, malformed_rate } = faults.settings
    Object.assign(faults.settings, { error_rate: 0, malformed_rate: 0, next: [] })
    await begin()
    const before = answered()
    await eventually(async () => {
      await this.move(1000)
      return answered() > before
    })
    await delay(this.#chance.below(LONGEST_WRITE_MS)) // In which some of it may be written.
    this.take(await this.run.kill(ms))
    this.#noteTime()
    Object.assign(faults.settings, { error_rate, malformed_rate })
  }

  /**
   * How many changes of each product the feed must still have: those of all polls after the last one that
   * was too long ago. What a clock that was ahead dated later is as old as what followed it.
   */
  changesKept(): Map<ProductModel, number> {
    const old = this.#polls.findLastIndex(({ at }) => at < this.#feedSince)
    const gone = new Map(
      this.#polls.slice(0, old + 1).map(({ model, changes }) => [model, changes]),
    )
    const models = [...this.products.values()].map(({ model }) => model)
    return new Map(models.map((model) => [model, model.changes.length - (gone.get(model) ?? 0)]))
  }

  #look(model: ProductModel, poll: Poll): void {
    this.counts.polls += 1
    if (!poll.seen) this.counts.failed += 1
    model.look(poll, this.gapMs, this.#deletable + HOUR_MS)
    this.#polls.push({ model, at: poll.at, changes: model.changes.length })
  }

  #noteTime(): void {
    const { now, settings } = this.run
    this.#feedSince = Math.max(this.#feedSince, now - settings.feedDays * DAY_MS)
    this.#deletable = Math.max(this.#deletable, now - settings.rawDays * DAY_MS)
  }

  #passed(now: number): void {
    const ms = Math.max(0, now - this.#at)
    this.#at = now
    for (const [id, { shelf, everyMs }] of this.products) {
      if (!shelf || this.#chance.fraction() * everyMs > ms) continue
      this.run.simulator.answers.set(id, shelf.next())
    }
  }
}
