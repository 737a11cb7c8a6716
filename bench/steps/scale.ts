import { type DatabaseShape, LARGE, SMALL, SMALL_WIDE } from '../database/shape.ts'
import { alternate, compared, median, type Side, side } from '../figures.ts'
import { evenSample, idsIn } from '../ids.ts'
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

/** Picks products from all over the catalogue, half of them with long histories if there are any. */
function sample(ids: string[], { deep }: DatabaseShape): string[] {
  if (!deep) return evenSample(ids, PRODUCTS)
  const isDeep = (index: number) => (index + 1) % deep.every === 0
  const half = (wanted: boolean) =>
    evenSample(
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
    const onLarge = await answerTime(load, { origin: ofLarge.url, paths: pathsOf(largeIds) })
    const onSmall = await answerTime(load, { origin: ofSmall.url, paths: pathsOf(smallIds) })
    await alternate(rounds, onLarge, onSmall)
    yield compared(
      `${name}, p50 with 10 million changes against 100,000`,
      ['ms', onLarge],
      ['ms of 100,000', onSmall],
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
  const onLarge = side(() => refreshRate(workspace, large, ofLarge, 'changing'))
  const onSmall = side(() => refreshRate(workspace, small, ofSmall, 'changing'))
  await alternate(rounds, onLarge, onSmall)
  return [onLarge, onSmall]
}

/** Measures the seconds from the start of the process until `/health/ready` answers 200. */
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
  const [onLarge, onSmall] = await refreshSides(bench, large)
  yield compared(
    'refresh, products/s with 10 million changes against 100,000',
    ['products/s', onLarge],
    ['products/s of 100,000', onSmall],
    { atLeast: 0.8 },
  )
}
