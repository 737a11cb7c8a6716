import { REFRESHED } from '../database/shape.ts'
import { alternate, compared, median, type Side, side } from '../figures.ts'
import { fetchRate, refreshRate } from '../refresh-rate.ts'
import { type MarketMode, startSimulator } from '../service.ts'
import type { Bench, Step } from '../step.ts'

/** Measures the refresh and a loop that only fetches and parses, in turn, with the same simulator. */
async function measure(
  { workspace, data, rounds }: Bench,
  market: MarketMode,
): Promise<[Side, Side]> {
  const database = await data('refreshed', REFRESHED)
  await using simulator = await startSimulator(workspace, database, market)
  const ours = side(() => refreshRate(workspace, database, simulator, market))
  // Until each product was polled once, nothing is known of what this simulator answers, so every answer is processed.
  if (market === 'unchanging') await refreshRate(workspace, database, simulator, market)
  const loop = side(() => fetchRate(workspace, database, simulator))
  await alternate(rounds, ours, loop)
  return [ours, loop]
}

/** Compares the refresh at full speed with a loop that only fetches and parses. */
export const refresh: Step = async function* (bench) {
  const [ours, loop] = await measure(bench, 'changing')
  yield compared(
    'every price changed, against a loop that only fetches',
    ['products/s', ours],
    ['loop products/s', loop],
    { atLeast: 0.36 },
  )
  yield {
    figure: 'every price changed',
    ...{ value: median(ours.samples), unit: 'products/s', target: { atLeast: 4000 } },
    samples: { 'products/s': ours.samples },
  }
  const [unchanging, unchangingLoop] = await measure(bench, 'unchanging')
  yield compared(
    'nothing changed, against a loop that only fetches',
    ['products/s', unchanging],
    ['loop products/s', unchangingLoop],
    { atLeast: 0.75 },
  )
}
