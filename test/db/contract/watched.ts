import { lookBack, preview } from '../../../alerts/preview.ts'
import type { Outcome, Store } from '../../../db/store.ts'
import type { AlertFiring } from '../../../schemas/alert.ts'
import type { Condition, Rule } from '../../../schemas/alert-rules.ts'
import { toTime } from '../../../schemas/to-time.ts'
import { DOWN } from '../../helper.ts'
import { type Fixture, INTERVAL, offer } from '../fixture.ts'

export const rule = (condition: Condition, more: Partial<Rule> = {}): Rule => ({
  ...{ condition, rearm_percent: 0, cooldown_s: 0, fire_if_true: false },
  ...more,
})

/** The lowest price that a poll finds, null if nothing is in stock; or the poll fails. */
export type Seen = number | null | 'fails'

/** What a poll at a time finds. */
export function seen(token: string, at: number, price: Seen): Outcome {
  const poll = { token, at, dueAt: at + INTERVAL }
  return price === 'fails'
    ? { type: 'refresh-failed', ...poll, ...DOWN }
    : { type: 'refreshed', ...poll, offers: price === null ? [] : [offer('x', price)] }
}

/** Polls a product once a minute from the fixture's time on. */
export async function polls({ store, time }: Fixture, token: string, prices: Seen[]) {
  for (const price of prices) {
    time.now += INTERVAL
    await store.settle([seen(token, time.now, price)])
  }
}

/** All firings of an alert, the earliest first. */
export async function firingsOf(store: Store, id: string): Promise<AlertFiring[]> {
  const all: AlertFiring[] = []
  let page = await store.firings(id, { limit: 3 })
  all.push(...page.items)
  while (page.next) {
    page = await store.firings(id, { limit: 3, after: page.next })
    all.push(...page.items)
  }
  return all.reverse()
}

/** The firings that a preview gives for a product since a time. */
export async function previewed(f: Fixture, id: string, watched: Rule, from: number) {
  const to = f.time.now
  const window = { from: lookBack(watched, from), to, byHour: false }
  const history = await f.store.productHistory(id, window)
  const found = preview(watched, history, { from, to, gapMs: 3 * INTERVAL })
  return found.sightings.map(({ at, price, previousPrice: previous_price, reference }) => ({
    ...{ product_id: id, at: toTime(at), price, previous_price, reference },
  }))
}
