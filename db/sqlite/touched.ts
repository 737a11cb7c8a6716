/**
 * What a write may change of the answers about products: those of some products, by their keys or ids, and every list;
 * only lists; nothing; or anything.
 */
export type Touched = { keys: number[] } | { ids: string[] } | 'lists' | 'nothing' | 'anything'

/** For writes that answers about products do not show. */
export const ofNoProduct = (): Touched => 'nothing'
