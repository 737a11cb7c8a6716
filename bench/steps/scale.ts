import { type DatabaseShape, LARGE, SMALL, SMALL_WIDE } from '../database/shape.ts'
import { alternate, compared, median, type Side, side } from '../figures.ts'
import { idsIn, some } from '../ids.ts'
import { answerTime } from '../load.ts'
import { refreshRate } from '../refresh-rate.ts'
import { startQuiet, startSimulator } from '../service.ts'
import type { Bench, Step } from '../step.ts'

/** The number of products to read in turn. */
const PRODUCTS = 2_000

const READS = {
  'GET /products/{id}': '',
  'GET /products/{id}/offers': '/offers',
  'GET /products/{id}/trend': '/trend',
}

/** As many products with long histories as without, from all over the catalogue. */
function sample(ids: string[], { deep }: DatabaseShape): string[] {
  if (!deep) return some(ids, PRODUCTS)
  const isDeep = (index: number) => (index + 1) % deep.every === 0
  const half = (wanted: boolean) =>
    some(
      ids.filter((_, index) => isDeep(index) === wanted),
      PRODUCTS / 2,
    )
  const others = half(false)
  return half(true).flatMap((id, index) => [id, others[index] ?? id])
}

async function* readFigures({ workspace, load, rounds }: Bench, large: string, small: string) {
  const [largeIds, smallIds] = [sample(idsIn(large), LARGE), sample(idsIn(small), SMALL)]
  await using ofLarge = await startQuiet(workspace, large)
  await using ofSmall = await startQuiet(workspace, small)
  for (const [name, path] of Object.entries(READS)) {
    const pathsOf = (ids: string[]) => ids.map((id) => `/api/v1/products/${id}${path}`)
    const much = await answerTime(load, { origin: ofLarge.url, paths: pathsOf(largeIds) })
    const little = await answerTime(load, { origin: ofSmall.url, paths: pathsOf(smallIds) })
    await alternate(rounds, much, little)
    yield compared(
      `${name}, p50 with 10 million changes against 100,000`,
      ['ms', much],
      ['ms of 100,000', little],
      { atMost: 1.3 },
    )
  }
}

async function refreshSides(
  { workspace, data, rounds }: Bench,
  large: string,
): Promise<[Side, Side]> {
  const small = await data('small-wide', SMALL_WIDE)
  await using ofLarge = await startSimulator(workspace, large, 'changing')
  await using ofSmall = await startSimulator(workspace, small, 'changing')
  const much = side(() => refreshRate(workspace, large, ofLarge, 'changing'))
  const little = side(() => refreshRate(workspace, small, ofSmall, 'changing'))
  await alternate(rounds, much, little)
  return [much, little]
}

/** The seconds from the start of the process to its first 200 of `/health/ready`. */
function startTime({ workspace }: Bench, database: string): Side {
  return side(async () => {
    const began = performance.now()
    await using service = await startQuiet(workspace, database)
    while ((await fetch(`${service.url}/health/ready`)).status !== 200);
    return (performance.now() - began) / 1000
  })
}

/** Measures reads, the refresh and the start with a large database. */
export const scale: Step = async function* (bench) {
  const large = await bench.data('large', LARGE)
  const started = startTime(bench, large)
  await alternate(bench.rounds, started)
  yield {
    figure: 'start to ready with 100,000 products and 10 million changes',
    ...{ value: median(started.samples), unit: 's', target: { atMost: 1 } },
    samples: { s: started.samples },
  }
  yield* readFigures(bench, large, await bench.data('small', SMALL))
  const [much, little] = await refreshSides(bench, large)
  yield compared(
    'refresh, products/s with 10 million changes against 100,000',
    ['products/s', much],
    ['products/s of 100,000', little],
    { atLeast: 0.8 },
  )
}
