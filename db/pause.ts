/**
 * A pause of the polls. The store keeps nothing about it, but is told of it by a read whose answer shows it on products
 * that are due.
 */
export interface Pause {
  /** Tells it from other pauses; empty if polls are not paused. */
  name: string
  /** Products that are due later than this are shown as they are stored, epoch ms. */
  dueBy: number
  /** The time of the answer, epoch ms: a product that is due by then is shown as waiting. */
  at: number
}

/** Polls are not paused: all products are shown as they are stored. */
export const NO_PAUSE: Pause = {
  name: '',
  dueBy: Number.NEGATIVE_INFINITY,
  at: Number.NEGATIVE_INFINITY,
}
