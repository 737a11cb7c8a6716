import type { ProductInput } from './fields.ts'

/** Where a record lies in a file. */
export interface RecordPlace {
  /** Where it begins, from 1. */
  line: number
  /** The line after it. */
  nextLine: number
  /** Where it ends in the file. */
  bytes: number
}

/** A record of a file: what is to be sent, or why it can't be. */
export type FileRecord = RecordPlace & ({ input: ProductInput } | { error: string })

/** Why a line of more than 1 MiB makes no product. */
export const TOO_LONG = 'It is longer than 1 MiB'
