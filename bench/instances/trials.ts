import { setTimeout as delay } from 'node:timers/promises'
import type { PostgresServer } from '../../test/postgres/server.ts'
import { call } from '../../test/process.ts'
import type { Fleet } from './fleet.ts'
import type { Polls } from './polls.ts'
import { TableWatch } from './tables.ts'

/** The input of a trial. */
export interface Bench {
  fleet: Fleet
  polls: Polls
  postgres: PostgresServer
  /** The interval of the refresh, in seconds. */
  intervalS: number
  /** The length of the trial `steady`, in seconds. */
  steadyS: number
}

/** Lets something go wrong, or nothing, and returns figures that show how the instances coped. */
export type Trial = (bench: Bench) => Promise<Record<string, unknown>>

const STOPPED_S = 90
const WRONG_CLOCK_MS = 10 * 60_000

/** Waits, and returns the polls of that time. */
async function pollsDuring({ polls }: Bench, seconds: number) {
  const began = Date.now()
  await delay(seconds * 1000)
  return polls.between(began, Date.now())
}

/** The freshness of the products according to an instance. */
async function freshnessAt(url: string) {
  const { refresh } = (await call('GET', `${url}/api/v1/status`)).json
  return { within_target: refresh.within_target, p95_age_s: refresh.p95_age_s }
}

/** The number of outcomes of an instance that were refused because another one had taken over its products. */
async function refusedOutcomes(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^refresh_outcomes_refused_total (\d+)/m.exec(metrics)?.[1])
}

/** Nothing goes wrong. */
const steady: Trial = async (bench) => {
  const freshness: number[] = []
  const tables = await TableWatch.begin(bench.postgres.url('postgres'))
  const began = Date.now()
  while (Date.now() - began < bench.steadyS * 1000) {
    await delay(10_000)
    await tables.read()
    freshness.push((await freshnessAt(bench.fleet.address(freshness.length))).within_target)
  }
  const intervalMs = bench.intervalS * 1000
  const intervals = Math.floor((Date.now() - began) / intervalMs)
  const begin = (interval: number) => began + interval * intervalMs
  return {
    ...bench.polls.between(began, begin(intervals)),
    mean_of_each_interval: Array.from({ length: intervals }, (_, interval) => {
      return bench.polls.between(begin(interval), begin(interval + 1)).mean
    }),
    lowest_within_target: Math.min(...freshness),
    tables: await tables.read(),
  }
}

/** One instance is killed. A new one takes its place afterwards. */
const killed: Trial = async (bench) => {
  const { fleet, intervalS } = bench
  await fleet.instances[0]?.stop('SIGKILL')
  const { longestGapS } = await pollsDuring(bench, 3 * intervalS)
  await fleet.start()
  await delay(intervalS * 1000)
  return { longestGapS, longest_gap_in_intervals: longestGapS / intervalS }
}

/** One instance is suspended for 90 seconds, longer than its lease, and then continues. */
const stopped: Trial = async (bench) => {
  const [instance] = bench.fleet.instances
  if (!instance) throw new Error('no instance is left')
  const refusedBefore = await refusedOutcomes(instance.url)
  instance.child.kill('SIGSTOP')
  const { longestGapS } = await pollsDuring(bench, STOPPED_S)
  instance.child.kill('SIGCONT')
  const after = await pollsDuring(bench, 2 * bench.intervalS)
  return {
    longestGapS: Math.max(longestGapS, after.longestGapS),
    refused_outcomes: (await refusedOutcomes(instance.url)) - refusedBefore,
  }
}

/** Creates a product every tenth of a second until `ended`. Returns the ids of those that were acknowledged. */
async function createMeanwhile(fleet: Fleet, ended: AbortSignal): Promise<string[]> {
  const ids: string[] = []
  for (let turn = 0; !ended.aborted; turn++) {
    const { status, json } = await call('POST', `${fleet.address(turn)}/api/v1/products`, {
      name: `Meanwhile ${turn}`,
    }).catch(() => ({ status: 0, json: {} }))
    if (status === 201) ids.push(json.id)
    await delay(100)
  }
  return ids
}

/** PostgreSQL is stopped by a signal and started again two seconds later. */
const restarted =
  (signal: NodeJS.Signals): Trial =>
  async ({ fleet, polls, postgres }) => {
    const ended = new AbortController()
    const creating = createMeanwhile(fleet, ended.signal)
    await delay(3_000)
    await postgres.stop(signal)
    await delay(2_000)
    await postgres.start()
    const back = Date.now()
    const recovered = await fleet.recovered()
    while (polls.between(back, Date.now()).most === 0) await delay(50)
    const polledAfter = (Date.now() - back) / 1000
    await delay(3_000)
    ended.abort()
    const acknowledged = await creating
    let lost = 0
    for (const [turn, id] of acknowledged.entries()) {
      const { status } = await call('GET', `${fleet.address(turn)}/api/v1/products/${id}`)
      if (status !== 200) lost += 1
    }
    return {
      all_accept_writes_after_s: recovered,
      polled_again_after_s: polledAfter,
      acknowledged: acknowledged.length,
      lost,
    }
  }

/** Another instance joins, whose clock is ten minutes wrong. */
const wrongClock =
  (offsetMs: number): Trial =>
  async (bench) => {
    const { fleet, intervalS } = bench
    const instance = await fleet.start(offsetMs)
    await delay(intervalS * 1000)
    const { fewest, most, mean, longestGapS } = await pollsDuring(bench, 3 * intervalS)
    const freshness = await freshnessAt(instance.url)
    await instance.stop('SIGTERM')
    return { fewest, most, mean, longestGapS, ...freshness }
  }

/** All trials, in the order in which they run. */
export const TRIALS: Record<string, Trial> = {
  steady,
  killed,
  stopped,
  restarted: restarted('SIGINT'),
  crashed: restarted('SIGKILL'),
  'clock-ahead': wrongClock(WRONG_CLOCK_MS),
  'clock-behind': wrongClock(-WRONG_CLOCK_MS),
}
