/**
 * Measures how many products per second one, two and four instances refresh together at the default concurrency, when
 * the Offers service takes 50 ms for each answer, and how long PostgreSQL works on each poll:
 *
 *     node bench/instances-throughput.ts --products 20000 --seconds 20 --rounds 3
 *
 * The simulator is part of this process. Nothing changes between two polls; with `--tick 1`, every price does.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { buildSimulator, PROTOCOL_PREFIX } from '../simulator/app.ts'
import { startPostgres } from '../test/postgres/server.ts'
import { Fleet } from './instances/fleet.ts'
import { inWorkspace } from './workspace.ts'

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '20000' },
    offers: { type: 'string', default: '10' },
    latency: { type: 'string', default: '50' },
    tick: { type: 'string', default: '86400' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
  },
})
const SIZES = [1, 2, 4]
const WARM_UP_MS = 20_000 // It takes up to the length of a lease until the shards are divided among the instances.

const simulator = buildSimulator({
  offers: Number(values.offers),
  tickMs: Number(values.tick) * 1000,
})
const address = await simulator.listen({ host: '127.0.0.1', port: 0 })
const { served, faults } = simulator.simulator
const postgres = await startPostgres()
const database = new Client({ connectionString: postgres.url('postgres') })

/** The time that all sessions have spent on statements so far, in ms. */
async function activeMs(): Promise<number> {
  await database.query('SELECT pg_stat_clear_snapshot()')
  const { rows } = await database.query(
    'SELECT active_time FROM pg_stat_database WHERE datname = current_database()',
  )
  return Number(rows[0]?.active_time)
}

/** Measures the products per second, and the time that PostgreSQL spends on each, in ms. */
async function measure(fleet: Fleet, size: number): Promise<{ rate: number; databaseMs: number }> {
  while (fleet.instances.length < size) await fleet.start()
  await delay(WARM_UP_MS)
  const [began, polls, active] = [performance.now(), served.requests.offers, await activeMs()]
  await delay(Number(values.seconds) * 1000)
  const made = served.requests.offers - polls
  const figures = {
    rate: made / ((performance.now() - began) / 1000),
    databaseMs: ((await activeMs()) - active) / made,
  }
  for (const instance of fleet.instances) await instance.stop('SIGTERM')
  return figures
}

try {
  await database.connect()
  await inWorkspace(async (workspace) => {
    const fleet = new Fleet(workspace, {
      DATABASE_URL: postgres.url('postgres'),
      OFFERS_BASE_URL: address + PROTOCOL_PREFIX,
      REFRESH_INTERVAL_SECONDS: '1', // More than they can do.
    })
    await fleet.start()
    await fleet.createProducts(Number(values.products))
    while (served.requests.register < Number(values.products)) await delay(200)
    faults.settings.latency_ms = Number(values.latency)
    for (let round = 0; round < Number(values.rounds); round++) {
      const first = await measure(fleet, 1)
      for (const size of SIZES) {
        const { rate, databaseMs } = size === 1 ? first : await measure(fleet, size)
        console.log({
          instances: size,
          products_per_s: Math.round(rate),
          against_one: Number((rate / first.rate).toFixed(2)),
          database_ms_per_poll: Number(databaseMs.toFixed(3)),
          database_against_one: Number((databaseMs / first.databaseMs).toFixed(2)),
        })
      }
    }
  })
} finally {
  await database.end()
  await postgres.remove()
  await simulator.close()
}
