/**
 * Runs instances of the service on one PostgreSQL database in a series of trials. At first nothing goes wrong
 * (`steady`). Then one instance is `killed`, one is `stopped` for 90 seconds, PostgreSQL is `restarted` and `crashed`,
 * and one instance has a wrong clock (`clock-ahead`, `clock-behind`). Prints how evenly products were polled, as
 * counted by the simulator, which is part of this process. After each trial it reads and checks the whole change feed:
 *
 *     node bench/instances.ts --instances 4 --products 50000 --interval 60 --minutes 10
 *     node bench/instances.ts --products 2000 --followers 10 --trial killed
 *
 * `--followers` is the number of clients that follow the change stream, spread over the instances; each has to see
 * every change. Prices change every `--tick` seconds.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { buildSimulator, PROTOCOL_PREFIX } from '../simulator/app.ts'
import { startPostgres } from '../test/postgres/server.ts'
import { faultsOfFeed } from './instances/changes.ts'
import { Fleet } from './instances/fleet.ts'
import { Polls } from './instances/polls.ts'
import { startFollowers } from './instances/streams.ts'
import { type Bench, TRIALS } from './instances/trials.ts'
import { inWorkspace, status } from './workspace.ts'

const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '4' },
    products: { type: 'string', default: '50000' },
    offers: { type: 'string', default: '10' },
    interval: { type: 'string', default: '60' },
    tick: { type: 'string', default: '600' },
    minutes: { type: 'string', default: '10' },
    followers: { type: 'string', default: '0' },
    trial: { type: 'string', multiple: true, default: Object.keys(TRIALS) },
  },
})

const polls = new Polls()
const simulator = buildSimulator({
  offers: Number(values.offers),
  tickMs: Number(values.tick) * 1000,
})
const { served } = simulator.simulator
const answered = served.answered
served.answered = (entry) => {
  polls.record(entry)
  answered(entry)
}
const address = await simulator.listen({ host: '127.0.0.1', port: 0 })
const postgres = await startPostgres()

/** Starts the instances, and waits until they have registered and polled every product. */
async function prepare(fleet: Fleet, intervalS: number): Promise<void> {
  await Promise.all(Array.from({ length: Number(values.instances) }, () => fleet.start()))
  await fleet.createProducts(Number(values.products))
  while (polls.products < Number(values.products)) await delay(200)
  await delay(2 * intervalS * 1000) // The first polls are made as soon as possible, not evenly.
  console.log(`${polls.products} products, ${fleet.instances.length} instances`)
}

async function lastSeq(fleet: Fleet): Promise<number> {
  const [instance] = fleet.instances
  if (!instance) throw new Error('no instance is left')
  return (await status(instance)).last_seq
}

async function run(bench: Bench): Promise<void> {
  const { fleet } = bench
  for (const name of values.trial) {
    const trial = TRIALS[name]
    if (!trial)
      throw new Error(`there is no trial ${name}; choose one of ${Object.keys(TRIALS).join(', ')}`)
    const followers = startFollowers(fleet, Number(values.followers), await lastSeq(fleet))
    const figures = await trial(bench)
    const reached = await lastSeq(fleet)
    for (const follower of followers) while (follower.last < reached) await delay(50)
    await Promise.all(followers.map((follower) => follower.end()))
    const faults = await faultsOfFeed(fleet.address(0), reached, polls)
    const followed = followers.length > 0 && {
      followed: followers.map(({ received }) => received),
      resumed: followers.reduce((sum, { resumed }) => sum + resumed, 0),
      follower_faults: followers.flatMap((follower) => follower.faults).slice(0, 5),
    }
    console.log(name, { ...figures, changes: reached, faults: faults.length, ...followed })
    if (faults.length > 0) console.log(faults.slice(0, 5))
  }
}

try {
  await inWorkspace(async (workspace) => {
    const intervalS = Number(values.interval)
    const fleet = new Fleet(workspace, {
      DATABASE_URL: postgres.url('postgres'),
      OFFERS_BASE_URL: address + PROTOCOL_PREFIX,
      REFRESH_INTERVAL_SECONDS: values.interval,
    })
    await prepare(fleet, intervalS)
    await run({ fleet, polls, postgres, intervalS, steadyS: Number(values.minutes) * 60 })
  })
} finally {
  await postgres.remove()
  await simulator.close()
}
