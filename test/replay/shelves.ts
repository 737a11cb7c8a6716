import type { Chance } from './chance.ts'

interface Shown {
  id: number | string
  price: number
  items_in_stock: number
  shown: boolean
}

/** What can happen to an offer. */
const FATES: ((offer: Shown, chance: Chance) => void)[] = [
  (offer) => Object.assign(offer, { price: Math.floor(offer.price * 0.9) }),
  (offer) => Object.assign(offer, { price: offer.price + 50 }),
  (offer) => Object.assign(offer, { price: offer.price + 50 }),
  (offer) => Object.assign(offer, { price: 0 }),
  (offer) => Object.assign(offer, { items_in_stock: 0 }),
  (offer, chance) => Object.assign(offer, { items_in_stock: chance.between(1, 9) }),
  (offer) => Object.assign(offer, { shown: !offer.shown }),
  (offer) => Object.assign(offer, { shown: !offer.shown }),
]

const HIGHEST = Number.MAX_SAFE_INTEGER

/**
 * Answers set by hand: offers vanish and return at any price, cost nothing, or are sold out; and one in
 * ten polls finds nothing. With `high` prices are the highest that there are.
 */
export class Shelf {
  readonly #chance: Chance
  readonly #offers: Shown[]

  constructor(chance: Chance, high: boolean) {
    this.#chance = chance
    this.#offers = [7, 'b/ä %', 'c'].map((id) => ({
      id,
      price: high ? HIGHEST - 50 : 1000,
      items_in_stock: 5,
      shown: true,
    }))
  }

  /** Lets something happen, and gives what is to be answered from then on. */
  next(): object[] {
    const offer = this.#chance.pick(this.#offers)
    this.#chance.pick(FATES)(offer, this.#chance)
    offer.price = Math.min(offer.price, HIGHEST)
    if (this.#chance.below(10) === 0) return []
    const all = this.#offers.filter(({ shown }) => shown)
    return all.map(({ shown, ...offer }) => offer)
  }
}
