import type { KeyedOutcome } from '../settle.ts'
import type { Outcome, TaskToken } from '../store.ts'

/** The token of a task that this instance handed out while it had this id. */
export const tokenOf = (instance: string, key: number): TaskToken => `${instance}.${key}`

/** Separates the outcomes of tasks that were handed out under this id, to which it adds their keys, from the others. */
export function checkTokens(
  instance: string | undefined,
  outcomes: readonly Outcome[],
): { good: KeyedOutcome[]; refused: Outcome[] } {
  const good: KeyedOutcome[] = []
  const refused: Outcome[] = []
  for (const outcome of outcomes) {
    const { token, ...ending } = outcome
    const [owner, key] = token.split('.')
    if (instance === undefined || owner !== instance) refused.push(outcome)
    else good.push({ ...ending, key: Number(key) })
  }
  return { good, refused }
}
