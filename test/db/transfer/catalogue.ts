/** A catalogue with days of history, for tests that ask the service about it. */
import { randomUUIDv7 } from 'node:crypto'
import { openStore } from '../../../db/open.ts'
import type { ObservedOffer, Outcome, Store } from '../../../db/store.ts'
import { DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from '../../../history/time.ts'
import { Chance } from '../../replay/chance.ts'

const PRODUCTS = 30
const DAYS = 3
const POLL_EVERY_MS = 20 * MINUTE_MS

/** Long enough that the service polls nothing while a test asks it. */
export const INTERVAL_MS = HOUR_MS
const NEXT_POLL_MS = 50 * MINUTE_MS

const WORDS = ['Robotic', 'lawn', 'mower', 'Łódź', 'Wi-Fi', 'AB-123/4', '手机壳', "d'été", '☕']

async function create(store: Store, chance: Chance): Promise<void> {
  for (let n = 0; n < PRODUCTS; n++) {
    const words = Array.from({ length: 1 + chance.below(4) }, () => chance.pick(WORDS))
    await store.createProduct({
      name: `${words.join(' ')} ${n}`,
      description: chance.below(3) === 0 ? '' : `${chance.pick(WORDS)}\n"quoted" \\ ${n}`,
      external_id: chance.below(2) === 0 ? `sku-${n}` : null,
      tags: [...new Set([chance.pick(WORDS), chance.pick(WORDS)])],
      metadata: chance.below(2) === 0 ? {} : { colour: chance.pick(WORDS), size: `${n}` },
    })
  }
}

/** Offers of which some come and go, and some change. */
function nextOffers(offers: ObservedOffer[], chance: Chance): ObservedOffer[] {
  const kept = offers.filter(() => chance.below(20) > 0)
  if (chance.below(8) === 0) {
    kept.push({
      id: `offer-${chance.below(12)}`,
      price: 100 + chance.below(900),
      items_in_stock: 3,
    })
  }
  const unique = new Map(kept.map((offer) => [offer.id, offer]))
  return [...unique.values()].map((offer) => ({
    ...offer,
    price: chance.below(3) === 0 ? Math.max(0, offer.price + chance.between(-50, 50)) : offer.price,
    items_in_stock: chance.below(4) === 0 ? chance.below(3) : offer.items_in_stock,
  }))
}

/** The polls of a product up to `now`; those of one in five fail now and then, and at the end. */
function pollsOf(token: string, n: number, now: number, chance: Chance): Outcome[] {
  const outcomes: Outcome[] = []
  let offers: ObservedOffer[] = [{ id: 'offer-0', price: 500 + n, items_in_stock: 1 }]
  for (let at = now - DAYS * DAY_MS + n; at < now; at += POLL_EVERY_MS) {
    const isLast = at + POLL_EVERY_MS >= now
    const poll = { token, at, dueAt: isLast ? now + NEXT_POLL_MS : at + POLL_EVERY_MS }
    if (n % 5 === 0 && (isLast || chance.below(10) === 0)) {
      outcomes.push({
        type: 'refresh-failed',
        ...poll,
        fault: 'unavailable',
        message: 'It is down',
      })
    } else if (chance.below(3) === 0) {
      offers = nextOffers(offers, chance)
      outcomes.push({ type: 'refreshed', ...poll, offers, answer: `answer ${at}` })
    } else {
      outcomes.push({ type: 'unchanged', ...poll })
    }
  }
  return outcomes
}

async function poll(store: Store, now: number, chance: Chance): Promise<void> {
  const tasks = await store.takeRegistrations(now, PRODUCTS)
  for (const [n, { token, version }] of tasks.entries()) {
    const at = now - DAYS * DAY_MS
    const isRejected = n % 7 === 3
    await store.settle(
      isRejected
        ? [{ type: 'rejected', token, version, reason: 'The name is too long', at }]
        : [
            { type: 'registered', token, at },
            { type: 'refreshed', token, at, dueAt: at, offers: [] },
            ...pollsOf(token, n, now, chance),
          ],
    )
  }
}

/** Makes a catalogue as a service would have left it at `now`, in the database of a URL. */
export async function makeCatalogue(url: string, now: number): Promise<void> {
  const chance = new Chance('transfer')
  let time = now - DAYS * DAY_MS - HOUR_MS
  const store = await openStore(url, {
    clock: () => time,
    newId: randomUUIDv7,
    staleAfterMs: 3 * INTERVAL_MS,
  })
  await create(store, chance)
  time = now
  await poll(store, now, chance)
  await store.pausePolls({ since: now - HOUR_MS, until: now - HOUR_MS / 2 })
  const { items } = await store.products({ sort: 'created_at', words: [], limit: PRODUCTS })
  for (const { id } of items.slice(-4, -2)) await store.deleteProduct(id)
  for (const { id } of items.slice(0, 3)) await store.updateProduct(id, { name: `New ${id}` })
  const rawBefore = floorTo(now - DAY_MS, HOUR_MS)
  const compaction = { rollBefore: rawBefore + HOUR_MS, rawBefore, changesBefore: now - 2 * DAY_MS }
  while (await store.compact(compaction));
  await store.close()
}
