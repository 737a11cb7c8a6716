/**
 * Fails if the migrations do not create the tables of the schema: drizzle-kit checks them, then generates the
 * missing migration, if any, in a copy.
 */
import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { relative } from 'node:path'
import config from '../drizzle.config.ts'

const { dialect, schema, out } = config as { dialect: string; schema: string; out: string }
const copy = relative('.', await mkdtemp(`${out}-`)) // drizzle-kit requires a relative path.
try {
  const options = [`--dialect=${dialect}`, `--out=${copy}`]
  await cp(out, copy, { recursive: true })
  const drizzleKit = (...args: string[]) =>
    execFileSync('drizzle-kit', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
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
