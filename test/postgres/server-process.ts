/** The process of a shared server: `node server-process.ts FOLDER PID` serves for as long as the process PID lives. */
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { migrate } from '../../db/postgres/migrate.ts'
import { execute, TEMPLATE } from './execute.ts'
import { startPostgres } from './server.ts'
import type { ServerReport } from './shared-server.ts'

const [folder = '', run = ''] = process.argv.slice(2)

/** Writes the report whole, since others may read it at any time. */
async function report(content: ServerReport): Promise<void> {
  const draft = join(folder, 'draft.json')
  await writeFile(draft, JSON.stringify(content))
  await rename(draft, join(folder, 'report.json'))
}

function isRunning(): boolean {
  try {
    process.kill(Number(run), 0)
    return true
  } catch {
    return false
  }
}

try {
  const server = await startPostgres()
  try {
    await execute(server.url('postgres'), `CREATE DATABASE ${TEMPLATE}`)
    await migrate(server.url(TEMPLATE))
    await report({ port: server.port })
    while (isRunning()) await delay(500)
  } finally {
    await server.remove()
  }
} catch (error) {
  await report({ error: (error as Error).message })
  while (isRunning()) await delay(500)
}
await rm(folder, { recursive: true, force: true })
