import { join } from 'node:path'
import type { Test } from 'tap'
import { buildApp, type Environment, realEnvironment } from '../../app.ts'
import { readConfig } from '../../config/config.ts'
import { temporaryFolder } from '../helper.ts'
import { NO_UPSTREAM } from '../routes/helper.ts'

/** A line of the log. */
export interface LogLine {
  level: number
  msg: string
  reqId?: string
  err?: { type: string; message: string; stack: string }
  req?: { method: string; url: string }
  res?: { statusCode: number }
  responseTime?: number
  [name: string]: unknown
}

/** The service as it ships, not started yet, with its log kept in `lines`. */
export async function buildLogged(
  t: Test,
  variables: Record<string, string> = {},
  environment: Partial<Environment> = {},
) {
  const lines: LogLine[] = []
  const folder = await temporaryFolder(t)
  const config = readConfig({
    DATABASE_URL: `file:${join(folder, 'test.db')}`,
    LOG_LEVEL: 'trace',
    ...NO_UPSTREAM,
    ...variables,
  })
  const app = buildApp(
    config,
    { ...realEnvironment, ...environment },
    {
      level: config.LOG_LEVEL,
      stream: { write: (line: string) => lines.push(JSON.parse(line) as LogLine) },
    },
  )
  t.teardown(() => app.close())
  return { app, lines }
}
