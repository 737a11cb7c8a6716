import type { ProductInput } from './fields.ts'

/** The position of a record in a file. */
export interface RecordPlace {
  /** The line at which it begins, from 1. */
  line: number
  /** The line after it. */
  nextLine: number
  /** The offset of its end in the file. */
  bytes: number
}

/** A record of a file: the input to send, or the reason why there is none. */
export type FileRecord = RecordPlace & ({ input: ProductInput } | { error: string })

/** The fault of a line over 1 MiB. */
export const TOO_LONG = 'This line is longer than 1 MiB'
