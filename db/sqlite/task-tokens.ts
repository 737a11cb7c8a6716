import { randomBytes } from 'node:crypto'
import type { KeyedOutcome } from '../settle.ts'
import type { Outcome, TaskToken } from '../store.ts'

/**
 * The tokens of the tasks handed out since the database was opened. The process that opened it before has
 * ended, and its work with it, so an outcome under an older token is not valid.
 */
export class TaskTokens {
  readonly #prefix = `${randomBytes(9).toString('base64url')}.`

  of(key: number): TaskToken {
    return this.#prefix + key
  }

  /** Separates outcomes with a valid token, given with the keys of their products, from the others. */
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
