/** A database that has something in each table and index, and ways to damage it. */
import { randomUUIDv7 } from 'node:crypto'
import { open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import root, { type Test } from 'tap'
import { openStore } from '../../../../db/open.ts'
import type { Outcome, Store, TaskToken } from '../../../../db/store.ts'
import { DOWN, once, temporaryFolder } from '../../../helper.ts'
import { createAll } from '../../create-all.ts'
import { DAY, offer } from '../../fixture.ts'

const PRODUCTS = 150
const DAYS = 4
const POLLS = 48
const BETWEEN_POLLS = (DAYS * DAY) / POLLS

/** A moment after everything that the database holds. */
export const AFTER = Date.UTC(2026, 0, 10)

const START = AFTER - (DAYS + 1) * DAY

/** Long enough for several pages, one in ten so long that it overflows one. */
const description = (n: number) =>
  `Robotic lawn mower number ${n}. `.repeat(n % 10 === 0 ? 250 : 20)

/** The offers of the product with this key as the poll with this number finds them. */
function offersAt(key: number, poll: number) {
  const count = 2 + ((key + poll) % 5)
  return Array.from({ length: count }, (_, n) =>
    offer(`shop-${key}-${n}`, 1000 + ((key * 7 + n * 31 + poll * 13) % 400), (n + poll) % 4),
  )
}

/** The key of the product that this engine names in a token. */
export const keyOf = (token: TaskToken): number => Number(token.split('.')[1])

/** What a poll of each product finds; now and then one fails. */
function pollAll(tokens: TaskToken[], poll: number): Outcome[] {
  const at = START + poll * BETWEEN_POLLS
  const dueAt = at + BETWEEN_POLLS
  return tokens.map((token) => {
    const key = keyOf(token)
    return (key + poll) % 17 === 0
      ? { type: 'refresh-failed', token, at, dueAt, ...DOWN }
      : { type: 'refreshed', token, at, dueAt, offers: offersAt(key, poll), answer: `${poll}` }
  })
}

async function fill(store: Store, time: { now: number }): Promise<void> {
  const items = Array.from({ length: PRODUCTS }, (_, n) => ({
    name: `Product ${n} ${randomUUIDv7()}`,
    description: description(n),
    tags: [`tag ${n % 7}`, `tag ${n} ${'x'.repeat(50)}`],
    metadata: { number: `${n}` },
  }))
  const created = await createAll(store, items)
  await store.saveCredentials({ account: 'simulator', accessToken: 'token', expiresAt: null }, null)
  await store.secret('cursors')
  const tasks = await store.takeRegistrations(Number.POSITIVE_INFINITY, PRODUCTS - 20)
  const tokens = tasks.map(({ token }) => token)
  await store.settle(tokens.map((token): Outcome => ({ type: 'registered', token, at: START })))
  for (let poll = 0; poll < POLLS; poll++) {
    time.now = START + poll * BETWEEN_POLLS
    await store.settle(pollAll(tokens, poll))
  }
  for (const { id } of created.slice(10, 30)) await store.deleteProduct(id)
  time.now = AFTER
  const rollBefore = AFTER - 2 * DAY
  const compaction = { rollBefore, rawBefore: rollBefore - DAY, changesBefore: START + DAY }
  while (await store.compact(compaction));
  // Leaves pages free.
  for (const { id } of created.slice(30, 32)) await store.deleteProduct(id)
}

/** The bytes of such a database, which each test damages a copy of. */
const bytes = once(async (): Promise<Buffer> => {
  const path = join(await temporaryFolder(root), 'made.db')
  const time = { now: START }
  const store = await openStore(`file:${path}`, {
    clock: () => time.now,
    newId: randomUUIDv7,
    staleAfterMs: 3 * BETWEEN_POLLS,
  })
  await fill(store, time)
  await store.close()
  return readFile(path)
})

/** The path of a database of its own for one test, closed, with something in each table. */
export async function fullDatabase(t: Test): Promise<string> {
  const path = join(await temporaryFolder(t), 'service.db')
  await writeFile(path, await bytes())
  return path
}

/** A tree of the file: a table, an index, or a part of the full-text index. */
export interface Tree {
  name: string
  /** All its pages by their kind, the first one first. */
  pages: { page: number; kind: 'internal' | 'leaf' | 'overflow' }[]
}

/** All trees of a database, by name, but for the schema. */
export function treesOf(path: string): Tree[] {
  const db = new Database(path, { readonly: true })
  try {
    const rows = db
      .prepare<[], { name: string; page: number; kind: Tree['pages'][number]['kind'] }>(
        `SELECT name, pageno AS page, pagetype AS kind FROM dbstat
         WHERE name <> 'sqlite_schema' ORDER BY name, path`,
      )
      .all()
    const trees = Map.groupBy(rows, ({ name }) => name)
    return [...trees].map(([name, pages]) => ({ name, pages }))
  } finally {
    db.close()
  }
}

/** The ids of three products that have offers and a history. */
export function idsIn(path: string): string[] {
  const db = new Database(path, { readonly: true })
  try {
    return db.prepare<[], string>('SELECT id FROM products WHERE key IN (5, 60, 100)').pluck().all()
  } finally {
    db.close()
  }
}

/** The first page of the list of free pages. */
export async function firstFreePage(path: string): Promise<number> {
  return (await readFile(path)).readUInt32BE(32)
}

const PAGE_BYTES = 4096

/** What becomes of a page. */
export const DAMAGES = {
  zeros: (page: Buffer) => page.fill(0),
  noise: (page: Buffer) => page.fill(0xa5),
  'flipped bits': (page: Buffer) => {
    for (let at = 3; at < page.length; at += 61) page[at] = Number(page[at]) ^ (1 << (at % 8))
  },
}

/** Overwrites pages of a file, whoever has it open. */
export async function damage(
  path: string,
  pages: number[],
  how: (page: Buffer) => unknown = DAMAGES.zeros,
): Promise<void> {
  const file = await open(path, 'r+')
  try {
    for (const number of pages) {
      const page = Buffer.alloc(PAGE_BYTES)
      const position = (number - 1) * PAGE_BYTES
      await file.read(page, 0, PAGE_BYTES, position)
      how(page)
      await file.write(page, 0, PAGE_BYTES, position)
    }
  } finally {
    await file.close()
  }
}
