/** SQL that both engines understand. */
import { type Layout, partsOf } from './layout.ts'
import { fieldsOf, type Kind, keyOf, type RecordName } from './records.ts'

/** The clause that reads the rows of a record. */
export function fromClause(layout: Layout, record: RecordName): string {
  const tables = partsOf(layout, record).map(({ table }) => table)
  return tables.join(' LEFT JOIN ') + ` USING (${keyOf(record)[0]})`.repeat(tables.length - 1)
}

/** The expressions that read the fields of a record, each under the name of the field. */
export function selectList(layout: Layout, record: RecordName): string {
  const expressions = fieldsOf(record).map(([field, kind]) => {
    const absent = partsOf(layout, record).find(({ fields }) => fields.includes(field))?.absent
    if (absent !== undefined) return `coalesce(${field}, '${absent}') AS ${field}`
    return kind === 'flag' ? `CAST(${field} AS integer) AS ${field}` : field
  })
  return expressions.join(', ')
}

/** How many bytes a row of a record takes, roughly. */
export function sizeOf(record: RecordName): string {
  const sizes = fieldsOf(record).map(([field, kind]) =>
    kind === 'text' || kind === 'bytes' ? `coalesce(octet_length(${field}), 0)` : '8',
  )
  return sizes.join(' + ')
}

// Two halves of each number, because the sum of millions of times exceeds 64 bits.
const SUM: Record<Kind, (field: string) => string> = {
  number: (field) =>
    `coalesce(sum(${field} & 16777215), 0) || ' ' || coalesce(sum(${field} >> 24), 0)`,
  flag: (field) => `coalesce(sum(${field}), 0)`,
  text: (field) => `coalesce(sum(octet_length(${field})), 0)`,
  bytes: (field) => `coalesce(sum(octet_length(${field})), 0)`,
}

/** Reads what the fields of a record add up to: the number of its values, and their sum or the sum of their lengths. */
export function sumsQuery(layout: Layout, record: RecordName): string {
  const sums = fieldsOf(record).map(
    ([field, kind]) => `count(${field}) || ' ' || ${SUM[kind](field)} AS ${field}`,
  )
  return `SELECT count(*) || '' AS "*", ${sums.join(', ')}
    FROM (SELECT ${selectList(layout, record)} FROM ${fromClause(layout, record)}) AS record`
}
