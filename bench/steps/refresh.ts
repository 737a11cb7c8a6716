import { REFRESHED } from '../database/shape.ts'
import { alternate, compared, median, type Side, side } from '../figures.ts'
import { fetchRate, refreshRate } from '../refresh-rate.ts'
import { type Market, startSimulator } from '../service.ts'
import type { Bench, Step } from '../step.ts'

/** The refresh beside a loop that only fetches, by turns, from the same simulator. */
async function measure({ session, data, rounds }: Bench, market: Market): Promise<[Side, Side]> {
  const database = await data('refreshed', REFRESHED)
  await using simulator = await startSimulator(session, database, market)
  const ours = side(() => refreshRate(session, database, simulator, market))
  const loop = side(() => fetchRate(session, database, simulator))
  await alternate(rounds, ours, loop)
  return [ours, loop]
}

/** The refresh at full speed, against a loop that only fetches and parses. */
export const refresh: Step = async function* (bench) {
  const [ours, loop] = await measure(bench, 'changing')
  yield compared(
    'every price changed, against a loop that only fetches',
    ['products/s', ours],
    ['loop products/s', loop],
    { atLeast: 0.5 },
  )
  yield {
    figure: 'every price changed',
    ...{ value: median(ours.samples), unit: 'products/s', target: { atLeast: 4000 } },
    samples: { 'products/s': ours.samples },
  }
  const [standing, standingLoop] = await measure(bench, 'standing')
  yield compared(
    'nothing changed, against a loop that only fetches',
    ['products/s', standing],
    ['loop products/s', standingLoop],
    { atLeast: 0.75 },
  )
}
