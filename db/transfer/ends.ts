import type { RecordName, Row } from './records.ts'

/** Where a copy stands. The target keeps it, and changes it in the transactions that write the rows. */
export interface Progress {
  /** The `fingerprint` of the source. */
  source: string
  record: RecordName
  /** The key of the last row of that record that was copied; undefined before the first. */
  after?: KeyValue[]
  /** How many rows were copied, of all records. */
  rows: number
}

export type KeyValue = number | string

/** What a page has at most: so many rows, and so many bytes but for its last row. */
export interface PageLimits {
  rows: number
  bytes: number
}

/** The figures that each engine keeps beside the records. */
export interface Counters {
  products: number
  pending: number
  registered: number
  /** Offers on sale. */
  offers: number
  /** The number of the last change in the feed, and of the last one that has left it. */
  lastSeq: number
  compactedSeq: number
  /** The last key that was given to a product. */
  lastKey: number
}

/** The two databases of a copy, as far as they have the same abilities. */
export interface End {
  /** What messages call the database. */
  readonly name: string
  /** What the fields of a record add up to, by name, and the number of rows. */
  sums(record: RecordName): Promise<Record<string, string>>
  counters(): Promise<Counters>
  /** Rejects if a service works on the database although it was locked. */
  assertUnused(): Promise<void>
  close(): Promise<void>
}

/** The database that is copied. No service can work on it until it is closed. */
export interface Source extends End {
  /** Differs from that of any other database, and from its own after a service has worked on it. */
  fingerprint(): Promise<string>
  count(record: RecordName): Promise<number>
  /** The next rows after a key, or the first ones; none at the end. */
  page(record: RecordName, after: KeyValue[] | undefined, limits: PageLimits): Promise<Row[]>
}

/** The database that is filled. No service can work on it until it is sealed. */
export interface Target extends End {
  /** Where an earlier copy stopped; undefined if there was none. */
  progress(): Promise<Progress | undefined>
  /** Deletes what an earlier copy has written. */
  clear(): Promise<void>
  /** Begins a copy. Rejects if the database is not empty. */
  begin(progress: Progress): Promise<void>
  /** Writes rows, and where the copy stands with them, in one transaction. */
  write(record: RecordName, rows: Row[], progress: Progress): Promise<void>
  /** Fills in what is derived from the records. It can be repeated. */
  complete(counters: Counters, onProgress: (done: number) => void): Promise<void>
  /** Ends the copy: from here on, a service can work on the database. */
  seal(): Promise<void>
}
