import { startBare } from '../bare.ts'
import { bareRouteOf, pathsOf, productRead } from '../compared-reads.ts'
import { LARGE } from '../database/shape.ts'
import { alternate, compared } from '../figures.ts'
import { evenSample, idsIn } from '../ids.ts'
import { requestRate } from '../load.ts'
import { type RunningProgram, startQuiet, startRefreshing, startSimulator } from '../service.ts'
import type { Bench, Step, StepFigures } from '../step.ts'
import { usage } from '../workspace.ts'

/** The interval of the refresh, in seconds. Each poll finds the product changed. */
const INTERVAL_S = 60

/** The numbers of products to read in turn, each with its target: a few, whose answers are soon all ready, and all. */
const READ = [
  [200, 0.65],
  [LARGE.products, 0.5],
] as const

/** Compares reads of a product with a bare Fastify. If there is a refresh, it runs during the measurements of both. */
async function* readFigures(
  { workspace, load, rounds }: Bench,
  { service, ids, beside }: { service: RunningProgram; ids: string[]; beside: string },
): StepFigures {
  for (const [count, target] of READ) {
    const read = productRead(evenSample(ids, count), target)
    const paths = pathsOf(read)
    await using bare = await startBare(workspace.folder, service.url, {
      routes: [await bareRouteOf(service.url, read)],
    })
    const ours = await requestRate(load, { origin: service.url, paths })
    const limit = await requestRate(load, { origin: bare.url, paths })
    await alternate(rounds, ours, limit)
    yield compared(
      `${read.name}, ${count.toLocaleString('en')} products in turn, ${beside}, against bare Fastify`,
      ['requests/s', ours],
      ['bare requests/s', limit],
      { atLeast: target },
    )
  }
  const { rssMb } = await usage(service)
  yield {
    figure: `resident memory after that, ${beside}`,
    ...{ value: rssMb, unit: 'MB', target: { atMost: 400 } },
    samples: { MB: [rssMb] },
  }
}

/** Measures ready answers, when few products are read and when all are, with a refresh that drops them and without. */
export const ready: Step = async function* (bench) {
  const { workspace, data } = bench
  const database = await data('large', LARGE)
  const ids = idsIn(database)
  {
    await using service = await startQuiet(workspace, database)
    yield* readFigures(bench, { service, ids, beside: 'none changing' })
  }
  await using simulator = await startSimulator(workspace, database, 'changing')
  await using service = await startRefreshing(
    workspace,
    database,
    simulator,
    'changing',
    INTERVAL_S,
  )
  yield* readFigures(bench, { service, ids, beside: 'each changing every minute' })
}
