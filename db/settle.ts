import { StoreDamaged } from './errors.ts'
import type { Outcome } from './store.ts'

type Keyed<O> = O extends Outcome ? Omit<O, 'token'> & { key: number } : never

/** How the work on a product ended, with the key of the product in place of the token. */
export type KeyedOutcome = Keyed<Outcome>

/**
 * Has outcomes applied, and returns those that cannot be, because what they write to is damaged. All of them
 * together come first, then halves, so that one product costs the others no more than some transactions.
 */
export async function applyOutcomes(
  outcomes: KeyedOutcome[],
  apply: (some: KeyedOutcome[]) => Promise<void>,
): Promise<KeyedOutcome[]> {
  if (outcomes.length === 0) return []
  try {
    await apply(outcomes)
    return []
  } catch (error) {
    if (!(error instanceof StoreDamaged)) throw error
    if (outcomes.length === 1) return outcomes
  }
  const half = Math.ceil(outcomes.length / 2)
  const first = await applyOutcomes(outcomes.slice(0, half), apply)
  return [...first, ...(await applyOutcomes(outcomes.slice(half), apply))]
}
