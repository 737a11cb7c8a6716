import type { Test } from 'tap'
import type { AlertToCreate } from '../../../db/store.ts'
import type { AlertFiring } from '../../../schemas/alert.ts'
import type { Condition, Rule } from '../../../schemas/alert-rules.ts'
import { randomOf } from '../../random.ts'
import { type ContractTests, type Fixture, INTERVAL, offer, refreshed } from '../fixture.ts'
import { firingsOf, polls, previewed, rule, type Seen, seen } from './watched.ts'

const BELOW: Condition = { type: 'price_below', price: 100 }

const RULES: Rule[] = [
  rule(BELOW),
  rule(BELOW, { rearm_percent: 5, cooldown_s: 300 }),
  rule({ type: 'price_above', price: 100 }),
  rule({ type: 'drop', percent: 10, window: '5m' }, { rearm_percent: 3 }),
  rule({ type: 'rise', absolute: 8, window: '7m' }),
  rule({ type: 'new_low', window: 'all' }),
  rule({ type: 'new_low', window: '30d' }, { rearm_percent: 5 }),
  rule({ type: 'back_in_stock' }),
  rule({ type: 'out_of_stock' }, { cooldown_s: 600 }),
  rule({ type: 'stale', for_s: 240 }),
]

/** Rules that also tell what is true when they begin to watch a product. */
const ASKED: Rule[] = RULES.map((watched) => ({ ...watched, fire_if_true: true }))

const alertOf = (watched: Rule, about: Partial<AlertToCreate>): AlertToCreate => ({
  ...{ name: 'a', productId: null, tag: null, rule: watched, enabled: true, ...about },
})

type Random = ReturnType<typeof randomOf>

function randomPrice(random: Random): Seen {
  const kind = random(12)
  if (kind === 0) return null
  return kind < 3 ? 'fails' : kind < 5 ? 100 : 80 + random(40)
}

/** The tokens of all products after a restart, by their ids. */
async function takeAll({ store, time }: Fixture): Promise<Map<string, string>> {
  const tasks = await store.takeRefreshes(time.now, { most: 99, due: 99, early: 99 })
  return new Map(tasks.map(({ id, token }) => [id, token]))
}

/** Asserts that each firing of an alert is in the feed once. */
async function isTold(t: Test, { store }: Fixture, alerts: string[]): Promise<void> {
  const { items } = await store.changes({ after: 0, type: 'alert.fired', limit: 1000 })
  t.ok(items.length < 1000, 'all of them were read')
  const told = Map.groupBy(items, ({ alert_id }) => alert_id)
  for (const alert of alerts) {
    const count = (await firingsOf(store, alert)).length
    t.equal(told.get(alert)?.length ?? 0, count, 'each is in the feed once')
  }
}

/** A product whose tags change, and when it got those that it has. */
interface Tagged {
  id: string
  token: string
  since: Map<string, number>
}

/** An alert about a tag, and what previews told of each time that it watched a product. */
interface TagAlert {
  id: string
  tag: string
  rule: Rule
  enabled: boolean
  since: number
  past: AlertFiring[]
}

const TAGS = ['deal', 'garden']

/** Products that get and lose tags, and alerts about those, whose rules change too. */
class Market {
  readonly #f: Fixture
  readonly #random: Random
  readonly #rules: readonly Rule[]
  readonly products: Tagged[] = []
  readonly alerts: TagAlert[] = []

  constructor(f: Fixture, random: Random, rules: readonly Rule[]) {
    this.#f = f
    this.#random = random
    this.#rules = rules
  }

  /** A new product that was polled, or not yet, and may have tags from the start. */
  async create(): Promise<void> {
    const { store, time } = this.#f
    const tags = this.#someTags()
    const { id } = await store.createProduct({ name: 'p', tags })
    const [{ token } = { token: '' }] = await store.takeRegistrations(time.now, 1)
    await store.settle([{ type: 'registered', token, at: time.now }])
    this.products.push({ id, token, since: new Map(tags.map((tag) => [tag, time.now])) })
  }

  async watch(tag: string): Promise<void> {
    const { store, time } = this.#f
    const watched = this.#anyRule()
    const { id } = await store.createAlert(alertOf(watched, { tag }))
    this.alerts.push({ id, tag, rule: watched, enabled: true, since: time.now, past: [] })
  }

  /**
   * Polls all products together. Sometimes a tag or an alert changes while the polls are under way, but not where an
   * alert may have told at once what they are about to refute.
   */
  async poll(): Promise<void> {
    const { store, time } = this.#f
    time.now += INTERVAL
    const { now } = time
    if (this.#rules === RULES && this.#random(6) === 0) await this.change()
    const found = this.products.map(({ token }) => seen(token, now, randomPrice(this.#random)))
    await store.settle(found)
  }

  /** Changes the tags of a product, or an alert. */
  async change(): Promise<void> {
    const { store, time } = this.#f
    const random = this.#random
    while (await store.fireStale());
    const product = this.products[random(this.products.length)]
    const alert = this.alerts[random(this.alerts.length)]
    time.now += random(3)
    if (product && random(4)) return this.#retag(product, this.#someTags())
    if (!alert) return
    await this.#endAll(alert)
    const settings = random(3) ? { rule: this.#anyRule(alert.rule) } : { enabled: !alert.enabled }
    await store.updateAlert(alert.id, settings)
    Object.assign(alert, settings, { since: time.now })
  }

  /** What an alert has told, and what previews say that it should have. */
  async told(alert: TagAlert): Promise<{ live: AlertFiring[]; expected: AlertFiring[] }> {
    while (await this.#f.store.fireStale());
    const open = await Promise.all(this.products.map((product) => this.#present(alert, product)))
    return {
      live: inOrder(await firingsOf(this.#f.store, alert.id)),
      expected: inOrder([...alert.past, ...open.flat()]),
    }
  }

  async #retag(product: Tagged, tags: string[]): Promise<void> {
    const { store, time } = this.#f
    const { id, since } = product
    for (const alert of this.alerts) {
      if (!tags.includes(alert.tag)) alert.past.push(...(await this.#present(alert, product)))
    }
    await store.updateProduct(id, { tags })
    product.since = new Map(tags.map((tag) => [tag, since.get(tag) ?? time.now]))
  }

  async #endAll(alert: TagAlert): Promise<void> {
    for (const product of this.products) {
      alert.past.push(...(await this.#present(alert, product)))
    }
  }

  /** What an alert should have told of a product since it watches it. */
  async #present(alert: TagAlert, { id, since }: Tagged): Promise<AlertFiring[]> {
    const tagged = since.get(alert.tag)
    if (!alert.enabled || tagged === undefined) return []
    return previewed(this.#f, id, alert.rule, Math.max(alert.since, tagged))
  }

  #someTags(): string[] {
    return TAGS.filter(() => this.#random(2) === 0)
  }

  #anyRule(but?: Rule): Rule {
    const rules = this.#rules.filter((other) => other !== but)
    return rules[this.#random(rules.length)] ?? rule(BELOW)
  }
}

/** Firings by time and product. The same moment is told once, also if the alert was started anew in it. */
function inOrder(firings: AlertFiring[]): AlertFiring[] {
  const nameOf = ({ at, product_id }: AlertFiring) => `${at} ${product_id}`
  const byName = new Map(firings.toReversed().map((firing) => [nameOf(firing), firing]))
  return [...byName.values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

/** That alerts fire as a preview says, on random paths. */
export function alertPathContract({ testAlone }: ContractTests): void {
  testAlone('live firings are those of the preview, also after restarts', async (t, f) => {
    t.equal(await f.store.fireStale(), false, 'nothing is watched')
    const random = randomOf(14)
    const { id, token } = await refreshed(f.store, 'p', [offer('x', 100)])
    await polls(f, token, [105, 95, 110])
    const since = f.time.now
    const alerts: [string, Rule][] = []
    for (const watched of RULES) {
      alerts.push([(await f.store.createAlert(alertOf(watched, { productId: id }))).id, watched])
    }
    let task = token
    for (let round = 0; round < 4; round += 1) {
      const prices = Array.from({ length: 60 }, () => randomPrice(random))
      await polls(f, task, prices)
      f.time.now += random(6) * INTERVAL
      await f.store.fireStale()
      for (const [alert, watched] of alerts) {
        const live = await firingsOf(f.store, alert)
        t.strictSame(live, await previewed(f, id, watched, since), JSON.stringify(watched))
      }
      await f.store.close()
      f.store = await f.open()
      f.time.now += INTERVAL
      task = (await takeAll(f)).get(id) ?? ''
    }
    await isTold(
      t,
      f,
      alerts.map(([alert]) => alert),
    )
  })

  const PATHS: [what: string, rules: readonly Rule[], seed: number][] = [
    ['for what becomes true', RULES, 1],
    ['also for what is true when they get it', ASKED, 2],
    ['under rules of both kinds', [...RULES, ...ASKED], 3],
  ]
  for (const [what, rules, seed] of PATHS) {
    testAlone(
      `while products get and lose tags, alerts about those fire as previews say: ${what}`,
      async (t, f) => {
        const random = randomOf(seed)
        const market = new Market(f, random, rules)
        for (let round = 0; round < 4; round += 1) {
          await market.create()
          for (const tag of TAGS) await market.watch(tag)
          for (let minute = 0; minute < 30; minute += 1) {
            await market.poll()
            if (random(3) === 0) await market.change()
            if (random(15) === 0) f.time.now += random(6) * INTERVAL
          }
          for (const alert of market.alerts) {
            const { live, expected } = await market.told(alert)
            t.strictSame(live, expected, JSON.stringify(alert.rule))
          }
          await f.store.close()
          f.store = await f.open()
          f.time.now += INTERVAL
          const tokens = await takeAll(f)
          for (const product of market.products) product.token = tokens.get(product.id) ?? ''
        }
        t.ok(market.alerts.some(({ past }) => past.length > 0))
        await isTold(
          t,
          f,
          market.alerts.map(({ id }) => id),
        )
      },
    )
  }
}
