import type { Chance } from './chance.ts'
import { HOUR_MS } from './model/series.ts'
import type { Settings } from './process.ts'
import { PAUSE_SECONDS, type World } from './world.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * HOUR_MS

/** Something that happens once the clock shows a time. */
interface Happening {
  at: number
  happen: () => Promise<void>
}

/** What is looked into as time goes by. */
export interface Inspections {
  /** Each day, at any time. */
  daily: () => Promise<void>
  /** Before and after a day is rolled up. */
  whole: () => Promise<void>
}

/** The settings of a run of 110 days, each for some days. Where it is shorter, so is all of that. */
const LIVES: (Settings & { days: number })[] = [
  { days: 26, refreshSeconds: 3600, rawDays: 35, feedDays: 7 },
  { days: 14, refreshSeconds: 1800, rawDays: 35, feedDays: 3 },
  { days: 4, refreshSeconds: 1, rawDays: 3, feedDays: 10 },
  { days: 10, refreshSeconds: 7200, rawDays: 3, feedDays: 10 },
  { days: 30, refreshSeconds: 3600, rawDays: 20, feedDays: 2 },
  { days: 3, refreshSeconds: 600, rawDays: 20, feedDays: 7 },
  { days: 10, refreshSeconds: 3600, rawDays: 6, feedDays: 7 },
  { days: 13, refreshSeconds: 5400, rawDays: 33, feedDays: 30 },
]
const DAYS = 110

/** The settings of a run of `days` days, each with the time in ms after which it applies. */
export function settingsFor(days: number): { after: number; settings: Settings }[] {
  const shorter = (of: number) => (of * days) / DAYS
  const whole = (of: number) => Math.max(1, Math.round(shorter(of)))
  let after = 0
  return LIVES.map(({ days, refreshSeconds, rawDays, feedDays }) => {
    const settings = { refreshSeconds, rawDays: whole(rawDays), feedDays: whole(feedDays) }
    const life = { after: Math.round(after), settings }
    after += shorter(days) * DAY_MS
    return life
  })
}

/** How long it takes to poll one product after the other, in steps of odd lengths. */
function stepOf({ run, products }: World, chance: Chance): number {
  const evenly = (run.settings.refreshSeconds * 1000) / products.size
  const ms = Math.max(evenly, (10 * MINUTE_MS) / products.size)
  return Math.ceil(ms * (0.4 + 1.2 * chance.fraction()))
}

/** Lets a day pass in which all is well. */
export async function passQuietly(world: World, chance: Chance): Promise<void> {
  const end = world.run.now + DAY_MS
  while (world.run.now < end) await world.move(stepOf(world, chance))
  await world.rest()
}

/** Lets this many days pass, with random events. */
export async function pass(
  world: World,
  chance: Chance,
  days: number,
  inspect: Inspections,
): Promise<void> {
  const { run } = world
  const { faults } = run.simulator
  const start = run.now
  const events: Happening[] = []
  const usual = { error_rate: 0.04, error_status: 500, malformed_rate: 0.02, retry_after: null }
  Object.assign(faults.settings, { calls: ['register', 'offers'], ...usual })

  const step = () => stepOf(world, chance)
  const anyTime = () => start + chance.below(days * DAY_MS)
  const add = (at: number, happen: () => Promise<void>) => events.push({ at, happen })
  /** So many of them in 110 days, at any time, and at least one. */
  function often(times: number, happen: () => Promise<void>) {
    for (let left = Math.max(1, (times * days) / DAYS); left >= 1; left--) add(anyTime(), happen)
  }
  async function during(fault: object, ms: number) {
    const end = run.now + ms
    await world.move(step(), () => Object.assign(faults.settings, fault))
    while (run.now < end) await world.move(step())
    await world.move(step(), () => Object.assign(faults.settings, usual))
  }

  /** The clock is put to another time, and in some cases put back after a minute in which polls go on. */
  async function put(ms: number, forAMinute: boolean) {
    world.counts.steps += 1
    await world.move(ms)
    if (!forAMinute) return
    for (let left = 4; left > 0; left--) await world.move(chance.between(10_000, 20_000))
    if (chance.below(2)) await world.rest() // Whatever is compacted by then is done.
    await world.move(-ms)
  }

  const at0120 = (at: number) => at - (at % DAY_MS) + HOUR_MS + 20 * MINUTE_MS + chance.below(1000)
  often(20, () => during({ error_rate: 1 }, chance.between(1, 8) * HOUR_MS))
  often(20, async () => {
    const retry_after = String(PAUSE_SECONDS)
    await world.move(step(), () => faults.settings.next.push({ status: 429, retry_after }))
  })
  often(6, () => world.move(chance.between(2, 40) * HOUR_MS))
  often(16, () => world.kill(chance.pick([0, 20 * MINUTE_MS])))
  often(3, () => world.create(1))
  often(3, () => world.kill(0, () => world.create(3)))
  for (const ms of [-10 * MINUTE_MS, -HOUR_MS, -2 * HOUR_MS, -DAY_MS, DAY_MS]) {
    often(4, () => put(ms, false))
  }
  for (const ms of [16 * HOUR_MS, 24 * HOUR_MS, 50 * HOUR_MS]) often(5, () => put(ms, true))
  for (let left = Math.max(1, Math.floor(days / 30)); left > 0; left--) {
    add(at0120(anyTime() + DAY_MS), () => put(-2 * HOUR_MS, false))
  }
  for (let day = 1; day <= days; day++) add(start + day * DAY_MS, inspect.daily)
  for (let day = 2; day < days; day += Math.max(2, Math.ceil(days / 10))) {
    const midnight = start + day * DAY_MS - (start % DAY_MS)
    // Movers are looked up once in half a minute.
    add(midnight + HOUR_MS - chance.between(15_000, 30_000), inspect.whole)
    add(midnight + HOUR_MS + chance.between(15_000, 30_000), inspect.whole)
  }
  for (const { after, settings } of settingsFor(days).slice(1)) {
    add(start + after, () => world.restart(settings))
  }

  events.sort((a, b) => a.at - b.at)
  for (const { at, happen } of events) {
    for (;;) {
      const ms = step()
      if (run.now + ms >= at) break
      await world.move(ms)
    }
    // Exactly then, unless the clock has been put ahead.
    if (run.now < at) await world.move(at - run.now)
    await happen()
  }
  while (run.now < start + days * DAY_MS) await world.move(step())
  await world.rest()
}
