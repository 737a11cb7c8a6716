import { randomBytes } from 'node:crypto'
import type { KeyedOutcome } from '../settle.ts'
import type { Outcome, TaskToken } from '../store.ts'

/**
 * The tokens of the tasks that were handed out since the database was opened. Those of an earlier process are not
 * valid, because its work ended with it.
 */
export class TaskTokens {
  readonly #prefix = `${randomBytes(9).toString('base64url')}.`

  of(key: number): TaskToken {
    return this.#prefix + key
  }

  /** Separates the outcomes with a valid token, to which it adds the keys of their products, from the others. */
  check(outcomes: Outcome[]): { good: KeyedOutcome[]; refused: Outcome[] } {
    const good: KeyedOutcome[] = []
    const refused: Outcome[] = []
    for (const outcome of outcomes) {
      const { token, ...ending } = outcome
      if (!token.startsWith(this.#prefix)) refused.push(outcome)
      else good.push({ ...ending, key: Number(token.slice(this.#prefix.length)) })
    }
    return { good, refused }
  }
}
