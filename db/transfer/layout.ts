import { fieldsOf, type RecordName, type Row, type Value } from './records.ts'

/** A table of an engine that keeps fields of a record under their own names. */
export interface TablePart {
  table: string
  fields: readonly string[]
  /** What its texts are read as where it has no row for the record. */
  absent?: string
  /** Columns that are made from the fields when a row is written. */
  made?: Readonly<Record<string, (row: Row) => Value>>
}

/** How the tables of an engine relate to the records. */
export interface Layout {
  /** The tables of the records that are not kept in one table of their name. The first one has each row. */
  parts: Partial<Record<RecordName, readonly TablePart[]>>
  /** The columns of the tables that are filled in at the end, from what was copied. */
  derived: Readonly<Record<string, readonly string[]>>
  /** The tables, or columns as `table.column`, that are not copied, and why not. */
  notCopied: Readonly<Record<string, string>>
}

/** The tables that keep a record. */
export function partsOf({ parts }: Layout, record: RecordName): readonly TablePart[] {
  return parts[record] ?? [{ table: record, fields: fieldsOf(record).map(([field]) => field) }]
}
