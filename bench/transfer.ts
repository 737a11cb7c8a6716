/**
 * Makes a database file, moves it to PostgreSQL and back, and prints how long each step took:
 *
 *     npx node bench/transfer.ts --products 100000 --polls 5
 *
 * Each poll of a product finds ten changes. `--target` is the URL of an empty database; the default is one of a
 * PostgreSQL from npm that does not wait for the disk.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { moveDatabase } from '../db/transfer/move.ts'
import { startPostgres } from '../test/postgres/server.ts'
import { makeDatabase } from './database/make.ts'
import { compactAll } from './database/retention.ts'
import { changesIn } from './database/shape.ts'
import { inWorkspace } from './workspace.ts'

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '100000' },
    polls: { type: 'string', default: '5' },
    target: { type: 'string' },
  },
})
const shape = { products: Number(values.products), polls: Number(values.polls) }

const secondsSince = (start: number) => Number(((performance.now() - start) / 1000).toFixed(1))

/** Moves a database, and returns the seconds that each step took. */
async function move(from: string, to: string): Promise<Record<string, number>> {
  const began = new Map<string, number>()
  const seconds: Record<string, number> = {}
  const start = performance.now()
  const { rows } = await moveDatabase(from, to, {
    onProgress(step) {
      if (!began.has(step)) began.set(step, performance.now())
      seconds[step] = secondsSince(began.get(step) ?? start)
    },
  })
  return { ...seconds, rows, total: secondsSince(start) }
}

await inWorkspace(async ({ folder }) => {
  const [file, back] = ['first.db', 'back.db'].map((name) => `file:${join(folder, name)}`)
  if (file === undefined || back === undefined) return
  const now = Date.now()
  makeDatabase(join(folder, 'first.db'), shape, now)
  await compactAll(join(folder, 'first.db'), now)
  const server = values.target === undefined ? await startPostgres() : undefined
  try {
    const target = values.target ?? String(server?.url('postgres'))
    console.log({ ...shape, changes: changesIn(shape) })
    console.log('to PostgreSQL', await move(file, target))
    console.log('to SQLite', await move(target, back))
    console.log(`${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most`)
  } finally {
    await server?.remove()
  }
})
