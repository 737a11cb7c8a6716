/**
 * Fails if the migrations of an engine do not create the tables of its schema: drizzle-kit checks them, then
 * generates the missing migration, if any, in a copy. Fails too if a migration of PostgreSQL, on which two versions
 * run side by side during an upgrade, takes away what the version before needs.
 */
import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import sqlite from '../drizzle.config.ts'
import postgres from '../drizzle.postgres.config.ts'
import { takesAway } from './takes-away.ts'

interface Engine {
  dialect: string
  schema: string
  out: string
}

const drizzleKit = (...args: string[]) =>
  execFileSync('drizzle-kit', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

async function check({ dialect, schema, out }: Engine): Promise<void> {
  const copy = relative('.', await mkdtemp(`${out}-`)) // drizzle-kit requires a relative path.
  try {
    const options = [`--dialect=${dialect}`, `--out=${copy}`]
    await cp(out, copy, { recursive: true })
    drizzleKit('check', ...options)
    drizzleKit('generate', ...options, `--schema=${schema}`)
    const [before, after] = [await readdir(out), await readdir(copy)]
    const missing = after.filter((file) => !before.includes(file))
    if (missing.length > 0) {
      console.error(`A migration is missing; npm run db:generate makes it: ${missing.join(', ')}`)
      process.exitCode = 1
    }
  } finally {
    await rm(copy, { recursive: true })
  }
}

async function checkThatTheyExpand({ out }: Engine): Promise<void> {
  for (const file of (await readdir(out)).filter((name) => name.endsWith('.sql'))) {
    for (const fault of takesAway(await readFile(join(out, file), 'utf8'))) {
      console.error(
        `${file} ${fault}\nThe version before runs beside this one during an upgrade. Add first, and take away a version ` +
          'later, in a migration that begins with -- contracts: CONTRIBUTING.md, Changing the database.',
      )
      process.exitCode = 1
    }
  }
}

for (const engine of [sqlite, postgres]) await check(engine as Engine)
await checkThatTheyExpand(postgres as Engine)
