/** What `trimmed/` exports is what the public entry points export, not a copy of it. */
import http from 'node:http'
import { createRequire } from 'node:module'
import t from 'tap'
import * as drizzle from '../../trimmed/drizzle.ts'
import * as nodeHttp from '../../trimmed/node-http.ts'

const require = createRequire(import.meta.url)

const ENTRY_POINTS = [
  'drizzle-orm',
  'drizzle-orm/sqlite-core',
  'drizzle-orm/better-sqlite3',
  'drizzle-orm/better-sqlite3/migrator',
  'drizzle-orm/migrator',
]

t.test('every export of drizzle.ts is that of a public entry point of drizzle-orm', async (t) => {
  const entries: Record<string, unknown>[] = ENTRY_POINTS.map((entry) => require(entry))
  for (const [name, value] of Object.entries(drizzle)) {
    const [entry] = entries.filter((exported) => name in exported)
    t.equal(value, entry?.[name], name)
    t.not(value, undefined, name)
  }
})

t.test('every export of node-http.ts is that of node:http', async (t) => {
  for (const [name, value] of Object.entries(nodeHttp)) {
    t.equal(value, Object.entries(http).find(([exported]) => exported === name)?.[1], name)
    t.not(value, undefined, name)
  }
})
