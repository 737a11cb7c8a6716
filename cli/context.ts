import type { Readable, Writable } from 'node:stream'

/** The exit codes, for scripts. */
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

/** The process as a command sees it; tests supply their own. */
export interface Context {
  env: Readonly<Record<string, string | undefined>>
  stdin: Readable
  /** For data only. */
  stdout: Output
  /** For messages to people. */
  stderr: Output
  /** Aborted when the user interrupts the command. */
  signal: AbortSignal
  /** The exit code of the process, unless the command fails. */
  exitCode: number
}
