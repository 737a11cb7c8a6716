import type { Readable, Writable } from 'node:stream'

/** What a command says when it ends, for scripts to go by. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  damaged: 4,
  interrupted: 130,
} as const

/** A stream that may be a terminal. */
type Output = Writable & { isTTY?: boolean }

/** What a command takes from its surroundings; tests give their own. */
export interface Context {
  env: Readonly<Record<string, string | undefined>>
  stdin: Readable
  /** For data alone. */
  stdout: Output
  /** For all that is said to people. */
  stderr: Output
  /** Aborted when the user wants the command to end. */
  signal: AbortSignal
  /** What the process ends with, unless the command fails. */
  exitCode: number
}
