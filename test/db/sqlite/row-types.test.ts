/** The types that raw statements declare for their rows, against the columns of the schema. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import t from 'tap'
import { openConnection } from '../../../db/sqlite/connection.ts'
import { historyReads } from '../../../db/sqlite/history.ts'
import { migrate } from '../../../db/sqlite/migrate.ts'
import { operations } from '../../../db/sqlite/operations.ts'
import { reads } from '../../../db/sqlite/reads.ts'
import * as mainSchema from '../../../db/sqlite/schema.ts'
import * as alertTables from '../../../db/sqlite/schema-alerts.ts'
import * as tagTables from '../../../db/sqlite/schema-tags.ts'
import { temporaryFolder } from '../../helper.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const sources = new Map(
  globSync('{db,history}/**/*.ts', { cwd: root }).map((file) => [
    join(root, file),
    readFileSync(join(root, file), 'utf8'),
  ]),
)

/** An offer that is not on sale has a last price, and is what this statement is for. */
const DELISTED = /FROM offers WHERE product_key = \? AND id = \?/

/** Columns that can be null, where rows of a statement have a value in them all the same. */
const NEVER_NULL: [column: string, statement: RegExp][] = [
  ['lowest_price', /lowest_price IS NOT NULL/],
  ['price', DELISTED],
  ['past_prices', DELISTED],
  ['checked_at', /checked_at < @now - @waitMs/],
]

/** The compiler makes these from the schema. */
const DERIVED = ['StoredRow', 'Row']

/** Divides a text at a character that is in no brackets. */
function divided(text: string, at: RegExp): string[] {
  const parts = ['']
  let depth = 0
  for (const character of text) {
    if ('<[{('.includes(character)) depth += 1
    if ('>]})'.includes(character)) depth -= 1
    if (depth === 0 && at.test(character)) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

/** What is in brackets, from the opening one on. */
function bracketed(text: string): string {
  let depth = 0
  for (let n = 0; n < text.length; n++) {
    if ('<[{('.includes(text.charAt(n))) depth += 1
    if ('>]})'.includes(text.charAt(n))) depth -= 1
    if (depth === 0) return text.slice(1, n)
  }
  throw new Error(`no end of ${text.slice(0, 80)}`)
}

const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')

/** The text of a type that has a name. */
function declared(name: string): string {
  const start = new RegExp(
    `(?:interface ${name} (?:extends (\\w+) )?|type ${name} = (\\w+ & )?)(?=[[{])`,
  )
  for (const source of sources.values()) {
    const found = start.exec(source)
    if (found) {
      const body = source.slice(found.index + found[0].length)
      const own =
        body.charAt(0) + withoutComments(bracketed(body)) + (body.startsWith('[') ? ']' : '}')
      return (found[1] ? `${found[1]} & ` : (found[2] ?? '')) + own
    }
  }
  throw new Error(`no type ${name}`)
}

/** The fields of a row type, by name or in order. */
function fieldsOf(row: string): [name: string, type: string][] {
  const parts = divided(row, /&/)
  if (parts.length > 1) return parts.flatMap(fieldsOf)
  const picked = /^Pick<(\w+), (.*)>$/.exec(row)
  if (picked) {
    return fieldsOf(String(picked[1])).filter(([name]) => String(picked[2]).includes(`'${name}'`))
  }
  if (row.startsWith('{') || row.startsWith('[')) {
    return divided(row.slice(1, -1), /[;,\n]/).map((field) => {
      const [, name = '', type = ''] = /^(\w+): ([\s\S]*)$/.exec(field) ?? []
      return [name, type]
    })
  }
  if (/^[A-Z]\w*$/.test(row) && row !== 'Buffer') return fieldsOf(declared(row))
  return [['', row]]
}

const TYPES: Record<string, string> = { integer: 'number', text: 'string', blob: 'Buffer' }
const tables: SQLiteTable[] = Object.values({ ...mainSchema, ...alertTables, ...tagTables })
const columns = new Map(
  tables.flatMap((table) => {
    const { name, columns } = getTableConfig(table)
    return columns.map((column) => [
      `${name}.${column.name}`,
      { type: TYPES[column.getSQLType()], nullable: !column.notNull && !column.primary },
    ])
  }),
)

t.test('rows are declared as the schema has them', async (t) => {
  const path = join(await temporaryFolder(t), 'test.db')
  migrate(path)
  const connection = openConnection(path)
  t.teardown(() => connection.close())
  const places = new Map<string, string>()
  const prepare = connection.prepare.bind(connection)
  t.intercept(connection, 'prepare', {
    value(sql: string) {
      const [, file = '', line = ''] =
        /\n.*\n.*?file:\/\/(.*?):(\d+):\d+/.exec(new Error().stack ?? '') ?? []
      places.set(`${file}:${line}`, sql)
      return prepare(sql)
    },
  })
  historyReads(connection, 1000)
  operations(connection, { staleAfterMs: 1000 })
  reads(connection)

  let checked = 0
  for (const [place, sql] of places) {
    const [file = '', line] = place.split(':')
    const lines = sources.get(file)?.split('\n') ?? []
    const text = lines.slice(Number(line) - 1).join('\n')
    const start = /^.*\.prepare</.exec(text)
    const statement = prepare(sql)
    if (!start || !statement.reader) continue
    const [, row = ''] = divided(bracketed(text.slice(start[0].length - 1)), /,/)
    if (DERIVED.includes(row)) continue
    const fields = fieldsOf(row)
    const found = statement.columns()
    t.equal(fields.length, found.length, `${place}: as many columns as ${row} has`)
    for (const [index, column] of found.entries()) {
      const named = fields.find(([name]) => name === column.name)
      const [, type] = named ?? fields[index] ?? []
      if (row.startsWith('{')) t.ok(named, `${place}: ${column.name} is in ${row}`)
      const known = columns.get(`${column.table}.${column.column}`)
      if (!known || type === undefined) continue
      const nullable = type.endsWith('| null')
      const excepted = NEVER_NULL.some(([name, where]) => name === column.column && where.test(sql))
      if (known.nullable && !excepted) t.ok(nullable, `${place}: ${column.name} can be null`)
      t.equal(type.replace(' | null', ''), known.type, `${place}: ${column.name}`)
      checked += 1
    }
  }
  t.ok(checked > 30, `${checked} columns`)
})
