/**
 * The processor time that drivers for PostgreSQL spend on a read of one row by its key, with fifty reads in flight over
 * four connections, and how many reads per second that makes:
 *
 *     node bench/peers/drivers.ts --seconds 3 --rounds 5
 *
 * It needs `npm ci` in its folder first.
 */
import { parseArgs } from 'node:util'
import pg from 'pg'
import postgres from 'postgres'
import { execute } from '../../test/postgres/execute.ts'
import { startPostgres } from '../../test/postgres/server.ts'
import { alternate, median, type Side, side } from '../figures.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
  },
})
const [ROWS, IN_FLIGHT, CONNECTIONS] = [5000, 50, 4]

const TABLE = `CREATE TABLE products (id text PRIMARY KEY, name text NOT NULL, description text NOT NULL,
    created_at bigint NOT NULL, updated_at bigint NOT NULL, lowest_price bigint);
  INSERT INTO products SELECT md5(n::text), 'Product ' || n, repeat('word ', 20), n, n, n FROM generate_series(1, ${ROWS}) n;
  ANALYZE products`
const COLUMNS = 'id, name, description, created_at, updated_at, lowest_price'
const READ = { name: 'read', text: `SELECT ${COLUMNS} FROM products WHERE id = $1` }

/** Reads the row with this key. */
type Read = (id: string) => Promise<readonly unknown[]>

interface Driver {
  read: Read
  end: () => Promise<unknown>
}

async function pipelined(connectionString: string): Promise<Driver> {
  const clients = Array.from(
    { length: CONNECTIONS },
    () => new pg.Client({ connectionString, pipeline: true }),
  )
  await Promise.all(clients.map((client) => client.connect()))
  let turn = 0
  return {
    read: async (id) => {
      const client = clients[turn++ % CONNECTIONS]
      return (await client?.query({ ...READ, values: [id] }))?.rows ?? []
    },
    end: () => Promise.all(clients.map((client) => client.end())),
  }
}

function pooled(connectionString: string): Driver {
  const pool = new pg.Pool({ connectionString, max: CONNECTIONS })
  return {
    read: async (id) => (await pool.query({ ...READ, values: [id] })).rows,
    end: () => pool.end(),
  }
}

function tagged(url: string): Driver {
  const sql = postgres(url, { max: CONNECTIONS })
  return {
    read: (id) => sql`SELECT ${sql.unsafe(COLUMNS)} FROM products WHERE id = ${id}`,
    end: () => sql.end(),
  }
}

/** Reads for a while. Gives the microseconds of processor time per read, and the reads per second. */
async function measure(read: Read, ids: string[], ms: number): Promise<[us: number, rate: number]> {
  let reads = 0
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  async function loop(): Promise<void> {
    while (performance.now() - began < ms) {
      const rows = await read(ids[reads++ % ids.length] ?? '')
      if (rows.length !== 1) throw new Error('a read found no row')
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, loop))
  const { user, system } = process.cpuUsage(cpu)
  return [(user + system) / reads, (1000 * reads) / (performance.now() - began)]
}

const server = await startPostgres()
try {
  const url = server.url('postgres')
  await execute(url, TABLE)
  const { rows } = await execute(url, 'SELECT id FROM products')
  const ids: string[] = rows.map(({ id }) => id)
  const drivers: Record<string, Driver> = {
    'pg, pipelined': await pipelined(url),
    'pg.Pool': pooled(url),
    postgres: tagged(url),
  }
  const rates = new Map<string, number[]>()
  const sides = Object.entries(drivers).map(([name, { read }]): [string, Side] => [
    name,
    side(async () => {
      const [us, rate] = await measure(read, ids, 1000 * Number(values.seconds))
      rates.set(name, [...(rates.get(name) ?? []), rate])
      return us
    }),
  ])
  for (const { read } of Object.values(drivers)) await measure(read, ids, 1000)
  await alternate(Number(values.rounds), ...sides.map(([, one]) => one))
  for (const [name, { samples }] of sides) {
    console.log(name, {
      us_per_read: Math.round(median(samples)),
      samples: samples.map(Math.round),
      reads_per_s: Math.round(median(rates.get(name) ?? [])),
    })
  }
  for (const { end } of Object.values(drivers)) await end()
} finally {
  await server.remove()
}
