import { CONTRACTS } from '../db/postgres/migrate.ts'

/** What a statement takes away from the version before, by how it reads. */
const TAKES_AWAY: [what: string, pattern: RegExp][] = [
  ['drops a table or a column', /\bDROP\s+(TABLE|COLUMN|TYPE|SCHEMA)\b/i],
  ['drops a default', /\bDROP\s+DEFAULT\b/i],
  ['renames something', /\bRENAME\b/i],
  ['changes the type of a column', /\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b/i],
  ['forbids null', /\bSET\s+NOT\s+NULL\b/i],
  [
    'adds a column that the version before does not fill',
    /\bADD\s+COLUMN\b(?![^;]*\b(DEFAULT|GENERATED)\b)[^;]*\bNOT\s+NULL\b/i,
  ],
  ['adds a rule that the version before does not know', /\bADD\s+CONSTRAINT\b/i],
  ['adds a rule that the version before does not know', /\bCREATE\s+UNIQUE\s+INDEX\b/i],
]

/** The tables that a migration makes; it may do anything with them. */
const tablesMade = (sql: string) =>
  [...sql.matchAll(/\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)"?/gi)].map(
    ([, name]) => name,
  )

/** The table that a statement changes, if it is of a kind that names one. */
const tableOf = (statement: string) =>
  /\b(?:ALTER\s+TABLE|ON)\s+(?:ONLY\s+|IF\s+EXISTS\s+)*"?(\w+)"?/i.exec(statement)?.[1]

/**
 * What a migration of PostgreSQL does that instances of the version before cannot live with, as sentences; none if it
 * says in its first line that it contracts.
 */
export function takesAway(sql: string): string[] {
  if (sql.startsWith(CONTRACTS)) return []
  const made = tablesMade(sql)
  return sql
    .split(';')
    .filter((statement) => !made.includes(tableOf(statement)))
    .flatMap((statement) =>
      TAKES_AWAY.filter(([, pattern]) => pattern.test(statement)).map(
        ([what]) => `${what}: ${statement.replaceAll(/\s+|-->.*$/gm, ' ').trim()}`,
      ),
    )
}
