import { randomBytes } from 'node:crypto'
import type { Outcome, TaskToken } from '../store.ts'

type Keyed<O> = O extends Outcome ? Omit<O, 'token'> & { key: number } : never

/** How the work on the product with a key ended. */
export type KeyedOutcome = Keyed<Outcome>

/**
 * The tokens of the tasks that one opening of the database handed out. The process that opened it before
 * has ended, and its work with it: what arrives under an older token was not handed out here.
 */
export class TaskTokens {
  readonly #prefix = `${randomBytes(9).toString('base64url')}.`

  of(key: number): TaskToken {
    return this.#prefix + key
  }

  /** Divides outcomes into those whose token is good, by the keys of their products, and the others. */
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
