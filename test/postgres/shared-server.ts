/** One PostgreSQL server for all test files of a run. The first file that asks for it starts it. */
import { spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** What the server's process writes when it is ready, or when it cannot be. */
export type ServerReport = { port: number } | { error: string }

const STARTED_WITHIN_MS = 60_000

/** The parent of a test file is the process that runs all of them. */
const RUN = process.ppid

/** Whether this process is the first to ask. */
async function isFirst(folder: string): Promise<boolean> {
  try {
    await mkdir(folder)
    return true
  } catch {
    return false
  }
}

/** Starts the process of the server, which ends after the run. */
function startProcess(folder: string): void {
  const { PATH, POSTGRES_BIN } = process.env
  const script = fileURLToPath(new URL('./server-process.ts', import.meta.url))
  spawn(process.execPath, [script, folder, `${RUN}`], {
    detached: true,
    stdio: 'ignore',
    env: { PATH, ...(POSTGRES_BIN && { POSTGRES_BIN }) },
  }).unref()
}

/** Gives the URL of a database of the server, or rejects with why it cannot be started. */
export async function sharedServer(): Promise<(database: string) => string> {
  const folder = join(tmpdir(), `postgres-of-run-${RUN}`)
  if (await isFirst(folder)) startProcess(folder)
  const deadline = Date.now() + STARTED_WITHIN_MS
  for (;;) {
    const text = await readFile(join(folder, 'report.json'), 'utf8').catch(() => undefined)
    if (text !== undefined) {
      const report: ServerReport = JSON.parse(text)
      if ('error' in report) throw new Error(report.error)
      return (database) => `postgres://postgres@127.0.0.1:${report.port}/${database}`
    }
    if (Date.now() > deadline) throw new Error(`it did not start within ${STARTED_WITHIN_MS} ms`)
    await delay(20)
  }
}
