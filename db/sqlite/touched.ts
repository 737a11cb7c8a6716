/**
 * Which answers about products a write may change: those about some products, by key or id, together with all lists;
 * only lists; nothing; or anything.
 */
export type Touched = { keys: number[] } | { ids: string[] } | 'lists' | 'nothing' | 'anything'

/** For writes that change no answer about a product. */
export const touchesNothing = (): Touched => 'nothing'
