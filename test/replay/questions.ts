import type { Change, ChangeList } from '../../schemas/change.ts'
import type { PriceRecord } from '../../schemas/export.ts'
import type { Chance } from './chance.ts'
import { arranged, differences } from './compare.ts'
import {
  type Asked,
  listed,
  moved,
  offersAt,
  offersNow,
  rawSinceOf,
  records,
  type TrendWindow,
  trendOf,
} from './model/answers.ts'
import type { OfferModel } from './model/offer.ts'
import type { ProductModel } from './model/product.ts'
import { HOUR_MS } from './model/series.ts'
import { isAtLow, statisticsOf } from './model/statistics.ts'
import type { Known, World } from './world.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * HOUR_MS

/** No trend has more points than this. */
const MAX_POINTS = 10_000

const INTERVALS = [
  ['1m', MINUTE_MS],
  ['5m', 5 * MINUTE_MS],
  ['15m', 15 * MINUTE_MS],
  ['1h', HOUR_MS],
  ['6h', 6 * HOUR_MS],
  ['1d', DAY_MS],
] as const

const MOVERS = [
  ['1h', HOUR_MS],
  ['24h', DAY_MS],
  ['7d', 7 * DAY_MS],
  ['30d', 30 * DAY_MS],
] as const

const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString()
const iso = (ms: number) => new Date(ms).toISOString()

/** Asks the service what the models know. */
export class Questions {
  readonly #world: World
  readonly #chance: Chance
  readonly #start: number
  asked = 0
  /** How often a product was asked about of whose history some is known by the hour alone. */
  askedOfHours = 0
  /** The differences, by what was asked. */
  readonly wrong: [path: string, ...differences: string[]][] = []

  constructor(world: World, chance: Chance) {
    this.#world = world
    this.#chance = chance
    this.#start = world.run.now
  }

  get #now(): number {
    return this.#world.run.now
  }

  /** Some questions about some products. */
  async some(): Promise<void> {
    await this.#world.rest()
    for (let left = 2; left > 0; left--) {
      const { model } = this.#chance.pick([...this.#world.products.values()])
      await this.#product(model, await this.#askedOf(model), 3)
    }
  }

  /** Questions about all products, and those that are about all of them at once. */
  async all(): Promise<void> {
    await this.#world.rest()
    const asked = new Map<ProductModel, Asked>()
    for (const { model } of this.#world.products.values()) {
      const own = await this.#askedOf(model)
      asked.set(model, own)
      await this.#product(model, own, 6)
    }
    await this.#list()
    for (const [name, ms] of MOVERS) await this.#movers(name, ms, asked)
    await this.#feed()
  }

  #note(path: string, actual: unknown, expected: unknown): void {
    this.asked += 1
    const found = [...differences(actual, expected)]
    if (found.length > 0) this.wrong.push([`${iso(this.#now)} ${path}`, ...found.slice(0, 5)])
  }

  async #ask(path: string, expected: unknown): Promise<void> {
    this.#note(path, await this.#world.run.json(path), expected)
  }

  async #export(from: number, to: number, id: string): Promise<PriceRecord[]> {
    const parameters = { from: iso(from), to: iso(to), product_id: id, format: 'ndjson' }
    const text = await this.#world.run.text(`/api/v1/export/prices?${query(parameters)}`)
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  }

  /** Reads from the export since when the history of a product is known exactly; that is compared, too. */
  async #askedOf(model: ProductModel): Promise<Asked> {
    const from = this.#start - HOUR_MS
    const lines = await this.#export(from, this.#now, model.id)
    const rawSince = rawSinceOf(model, lines)
    const asked = { now: this.#now, gapMs: this.#world.gapMs, rawSince }
    const expected = records(model, from, this.#now, asked)
    this.#note(`export of ${model.id}`, arranged(lines), arranged(expected))
    return asked
  }

  async #product(model: ProductModel, asked: Asked, times: number): Promise<void> {
    if (asked.rawSince > 0) this.askedOfHours += 1
    const path = `/products/${model.id}`
    await this.#ask(`${path}/offers`, offersNow(model, asked))
    await this.#ask(`${path}/stats`, statisticsOf(model, asked))
    const offers = [...model.offers.values()]
    for (let left = times; left > 0; left--) {
      await this.#trend(model, asked)
      if (offers.length > 0) await this.#trend(model, asked, this.#chance.pick(offers))
      const at = this.#moment()
      await this.#ask(`${path}/offers?${query({ at: iso(at) })}`, offersAt(model, at, asked))
    }
    const [a, b] = [this.#moment(), this.#moment()]
    const [from, to] = [Math.min(a, b), Math.max(a, b)]
    const lines = arranged(await this.#export(from, to, model.id))
    const expected = arranged(records(model, from, to, asked))
    this.#note(`export of ${model.id} from ${iso(from)} to ${iso(to)}`, lines, expected)
  }

  async #trend(model: ProductModel, asked: Asked, offer?: OfferModel): Promise<void> {
    const window = this.#window(asked)
    const expected = trendOf(model, window, asked, offer)
    const { prices = [] } = expected
    if (prices.length > MAX_POINTS) return
    const path = offer ? `/offers/${encodeURIComponent(offer.id)}` : ''
    const parameters = {
      from: iso(window.from),
      to: iso(window.to),
      interval: window.interval?.[0] ?? 'raw',
    }
    await this.#ask(`/products/${model.id}${path}/trend?${query(parameters)}`, expected)
  }

  /** A time from before anything was known up to the future, more often one of late. */
  #moment(): number {
    const since = this.#chance.pick([this.#start - 2 * HOUR_MS, this.#now - 3 * DAY_MS])
    return since + this.#chance.below(this.#now + 3 * HOUR_MS - since)
  }

  #window({ rawSince }: Asked): TrendWindow {
    const chance = this.#chance
    const aligned = (ms: number) => ms - (ms % HOUR_MS)
    const near = () => rawSince + chance.between(-2 * DAY_MS, 2 * DAY_MS)
    const ends = chance.pick([
      () => [this.#moment(), this.#moment()],
      () => [aligned(this.#moment()), aligned(this.#moment())],
      () => (rawSince > 0 ? [near(), near()] : [this.#moment(), this.#now]),
      () => (rawSince > 0 ? [aligned(near()), aligned(near())] : [this.#start, this.#now]),
      () => [this.#start - HOUR_MS, this.#now],
      () => [this.#now + 1, this.#now + HOUR_MS],
    ])()
    const [from, to] = [Math.min(...ends), Math.max(...ends)]
    const few = INTERVALS.filter(([, ms]) => (to - from) / ms < MAX_POINTS - 1)
    return chance.below(3) === 0 ? { from, to } : { from, to, interval: chance.pick(few) }
  }

  async #list(): Promise<void> {
    const products = await this.#world.run.products()
    const shown = products.map(({ id, offers_count, lowest_price, checked_at, stale }) => ({
      ...{ id, offers_count, lowest_price, checked_at, stale },
    }))
    const asked = { now: this.#now, gapMs: this.#world.gapMs, rawSince: 0 }
    const expected = [...this.#world.products.values()].map(({ model }) => listed(model, asked))
    this.#note('the list', shown, expected)
  }

  async #movers(name: string, ms: number, asked: Map<ProductModel, Asked>): Promise<void> {
    const from = this.#now - ms
    const all = [...asked].flatMap(([model, asked]) => {
      const own = moved(model, from, asked)
      return own && own.first > 0 ? [own] : []
    })
    for (const direction of ['drop', 'rise'] as const) {
      const sign = direction === 'drop' ? -1 : 1
      const size = ({ first, last }: (typeof all)[number]) => (sign * (last - first)) / first
      const expected = all
        .filter((own) => size(own) > 0)
        .sort((a, b) => size(b) - size(a) || (a.product_id < b.product_id ? -1 : 1))
      const path = `/movers?${query({ window: name, direction, limit: '200' })}`
      const answer = await this.#world.run.json<{ items: { name: string }[] }>(path)
      const items = answer.items.map(({ name, ...mover }) => mover)
      this.#note(
        path,
        { ...answer, items },
        { from: iso(from), to: iso(this.#now), items: expected },
      )
      const filtered = expected.filter(
        ({ last, change }) => Math.abs(change.absolute) >= 5 && last >= 100 && last <= 100_000,
      )
      const filters = { min_absolute: '5', price_min: '100', price_max: '100000' }
      await this.#filtered(`${path}&${query(filters)}`, filtered)
      for (const days of [30, 90, 365, 'all'] as const) {
        const lows = new Set(
          [...asked].flatMap(([model, own]) => (isAtLow(model, days, own) ? model.id : [])),
        )
        const atLow = days === 'all' ? days : `${days}d`
        await this.#filtered(
          `${path}&at_low=${atLow}`,
          expected.filter(({ product_id }) => direction === 'drop' && lows.has(product_id)),
        )
      }
    }
  }

  async #filtered(path: string, expected: { product_id: string }[]): Promise<void> {
    const { items } = await this.#world.run.json<{ items: { product_id: string }[] }>(path)
    const ids = (movers: { product_id: string }[]) => movers.map(({ product_id }) => product_id)
    this.#note(path, ids(items), ids(expected))
  }

  /** The feed has each change once: those of each product in order, as far back as it is kept. */
  async #feed(): Promise<void> {
    const items: Change[] = []
    let after: number | undefined
    for (let more = true; more; ) {
      const since = after === undefined ? '' : `&after=${after}`
      const page = await this.#world.run.json<ChangeList>(`/changes?limit=1000${since}`)
      items.push(...page.items)
      more = page.last_seq !== after
      after = page.last_seq
    }
    const first = items[0]?.seq ?? Number(after) + 1
    const numbered = items.every(({ seq }, index) => seq === first + index)
    this.#note('seq of the feed', numbered, true)
    const all = [...this.#world.products.values()].flatMap(changesOf)
    this.#note('the end of the feed', after, all.length)
    const kept = this.#world.changesKept()
    const inFeed = Map.groupBy(items, ({ product_id }) => product_id)
    for (const known of this.#world.products.values()) {
      const own = (inFeed.get(known.model.id) ?? []).map(({ seq, ...change }) => change)
      const expected = changesOf(known)
      const length = Math.max(own.length, kept.get(known.model) ?? 0)
      const last = expected.slice(expected.length - length)
      this.#note(`feed of ${known.model.id}`, arranged(own), arranged(last))
    }
  }
}

function changesOf({ model: { id: product_id, changes }, createdAt, registeredAt }: Known) {
  const created = { at: createdAt, type: 'product.created' as const, product_id }
  if (registeredAt === undefined) return [created]
  return [
    created,
    { at: registeredAt, type: 'product.registered' as const, product_id },
    ...changes,
  ]
}
