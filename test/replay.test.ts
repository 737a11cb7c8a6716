/**
 * Days of random histories with outages, `kill -9`, a clock that steps both ways and changed settings. Every answer
 * of the service about the past is compared with an independent model of what the simulator served.
 *
 * The full size: REPLAY_DAYS=110 REPLAY_PRODUCTS=25 tap --timeout=3600 test/replay.test.ts
 */
import t from 'tap'
import { Chance } from './replay/chance.ts'
import { Questions } from './replay/questions.ts'
import { Run } from './replay/run.ts'
import { pass, passQuietly, settingsFor } from './replay/scenario.ts'
import { World } from './replay/world.ts'

const DAYS = Number(process.env.REPLAY_DAYS ?? 6)
const PRODUCTS = Number(process.env.REPLAY_PRODUCTS ?? 6)
const SEED = process.env.REPLAY_SEED ?? 'replay'

const START = Date.UTC(2026, 0, 1, 20, 17)

const [first] = settingsFor(DAYS)
if (!first) throw new Error('there are no settings')
const run = await Run.start(t, START, first.settings)
const chance = new Chance(SEED)
const world = new World(run, chance)
const questions = new Questions(world, chance)

await world.create(PRODUCTS)
await pass(world, chance, DAYS, {
  daily: () => questions.some(),
  whole: () => questions.all(),
})
// The service looks for polls to delete once a day of its clock. On a slow machine it may have looked too early, or have
// polled too little, so it gets some more days.
await questions.all()
for (let days = 0; days < 10 && questions.askedOfHours === 0; days++) {
  await passQuietly(world, chance)
  await questions.all()
}

const models = [...world.products.values()].map(({ model }) => model)

t.test('everything happens that can happen', async (t) => {
  const changes = models.flatMap((model) => model.changes)
  const { polls, failed, moves, kills, restarts, steps } = world.counts
  t.comment(
    `${DAYS} days, ${models.length} products, ${polls} polls, ${failed} of them failed, ` +
      `${changes.length} changes, ${kills} kills with ${run.lost} answers lost, ${restarts} restarts ` +
      `with other settings, ${steps} steps of the clock, ${moves} moves`,
  )
  t.ok(failed > polls / 100, 'failed polls')
  t.ok(questions.askedOfHours > 0, 'hours of which no more than a summary is left')
  for (const type of ['listed', 'price_changed', 'stock_changed', 'delisted']) {
    t.ok(
      changes.some((change) => change.type === `offer.${type}`),
      type,
    )
  }
  for (const how of ['lower', 'same', 'higher'] as const) {
    t.ok(
      models.some(({ returned }) => returned[how] > 0),
      `returned at a price ${how}`,
    )
  }
  t.ok(
    changes.some(({ price }) => price === 0),
    'for nothing',
  )
  t.ok(
    changes.some(({ items_in_stock }) => items_in_stock === 0),
    'sold out',
  )
})

t.test('every answer is what the model says', async (t) => {
  t.comment(`${questions.asked} questions, ${questions.wrong.length} differences`)
  t.same(questions.wrong.slice(0, 10), [])
})

t.test('the service ends with grace', async () => {
  await run.end()
})
