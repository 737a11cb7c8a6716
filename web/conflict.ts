import { call, RequestFailed } from './api.ts'

/** Something as the user saw it, with the tag of that version. */
export interface Version<T> {
  data: T
  etag: string
}

/** What a change ran into: the version that someone else made, or the deletion of what it was about. */
export type Conflict<T> = Version<T> | 'gone'

const statusOf = (error: unknown) => (error instanceof RequestFailed ? error.status : 0)

/** Whether a call failed because what it was about is not there. */
export const isGone = (error: unknown) => statusOf(error) === 404

/** The conflict that made a change of what has this path fail; undefined if it failed for another reason. */
export async function conflictOf<T>(
  path: string,
  error: unknown,
): Promise<Conflict<T> | undefined> {
  if (isGone(error)) return 'gone'
  if (statusOf(error) !== 412) return undefined
  try {
    return await call<T>(path)
  } catch (error) {
    return isGone(error) ? 'gone' : undefined
  }
}

/** Why a change failed, in plain words if someone else changed or deleted what it was about: `the product`. */
export function inPlainWords(error: unknown, what: string): unknown {
  if (isGone(error)) return new Error(`someone deleted ${what}`)
  if (statusOf(error) === 412) return new Error(`someone changed ${what} in the meantime`)
  return error
}
