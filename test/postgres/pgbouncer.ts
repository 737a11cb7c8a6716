/** A pgbouncer in transaction mode for tests, as Debian's package has it. */
import { spawn } from 'node:child_process'
import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { eventually, temporaryFolder } from '../helper.ts'
import { answers, freePort, identity } from './server.ts'

/** Few, so that transactions of one client run in many sessions. */
const SESSIONS = 3

/** Starts a pooler, and gives the URL of the database through it; undefined if pgbouncer is not installed. */
export async function throughPgbouncer(t: Test, database: string): Promise<string | undefined> {
  const folder = await temporaryFolder(t)
  const pooled = new URL(database)
  const server = pooled.port
  pooled.port = `${await freePort()}`
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: pooled.port,
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: join(folder, 'users'),
    pool_mode: 'transaction',
    default_pool_size: SESSIONS,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  const databases = `[databases]\n* = host=127.0.0.1 port=${server}\n[pgbouncer]\n`
  await writeFile(join(folder, 'users'), '"postgres" ""\n')
  await writeFile(join(folder, 'pgbouncer.ini'), `${databases}${lines.join('\n')}\n`)
  const { uid, gid } = identity
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid)
  const child = spawn('/usr/sbin/pgbouncer', [join(folder, 'pgbouncer.ini')], {
    ...identity,
    stdio: 'ignore',
  })
  const failure = new Promise<Error>((resolve) => child.once('error', resolve))
  t.teardown(() => child.kill())
  const started = eventually(() => answers(pooled.href)).then(() => pooled.href)
  return Promise.race([started, failure.then(() => undefined)])
}
