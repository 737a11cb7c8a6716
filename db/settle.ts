import { StoreDamaged } from './errors.ts'

/**
 * Has outcomes applied, and returns those that cannot be, because what they write to is damaged. All of them
 * together come first, then halves, so that one product costs the others no more than some transactions.
 */
export async function applyOutcomes<KeyedOutcome>(
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
