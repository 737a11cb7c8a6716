import t from 'tap'
import { LogDigest } from '../../plugins/log-digest.ts'
import { eventually, startSimulator } from '../helper.ts'
import { MINUTE, SECOND, stoppedClock } from '../offers/clock.ts'
import { createAll } from '../routes/helper.ts'
import { buildLogged } from './helper.ts'

/** A digest, its clock, and what it logged. */
function start() {
  const time = stoppedClock()
  const lines: [level: string, fields: object, message: string][] = []
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push([level, fields, message])
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  const digest = new LogDigest({ clock: time.clock, log })
  const add = (n: number, kind = 'malformed') =>
    digest.add({
      ...{ kind, level: 'warn', message: `bad ${n}` },
      ...{ tags: { fault: kind }, details: { cause: 'why' }, example: { productId: `p${n}` } },
    })
  /** What was logged since the last time, without what is for debugging. */
  const logged = () => lines.splice(0).filter(([level]) => level !== 'debug')
  return { time, lines, digest, add, logged }
}

t.test('the first of a kind is logged at once, with all that is known of it', async (t) => {
  const { add, logged } = start()
  add(1)
  t.same(logged(), [['warn', { fault: 'malformed', productId: 'p1', cause: 'why' }, 'bad 1']])
})

t.test('those of the minute after it are one line, with their number and examples', async (t) => {
  const { add, digest, logged, time } = start()
  for (let n = 0; n <= 1000; n++) add(n)
  time.now += MINUTE - 1
  digest.write()
  t.equal(logged().length, 1)
  time.now += 1
  digest.write()
  const examples = [1, 2, 3, 4, 5].map((n) => ({ productId: `p${n}`, message: `bad ${n}` }))
  t.same(logged(), [
    [
      'warn',
      { fault: 'malformed', count: 1000, examples },
      '1000 more within a minute, the last one: bad 1000',
    ],
  ])
})

t.test('a lasting fault is logged once a minute, however long it lasts', async (t) => {
  const { add, digest, logged, time } = start()
  for (let n = 0; n < 600; n++) {
    add(n)
    time.now += SECOND
    digest.write()
  }
  t.equal(logged().length, 11)
})

t.test('a line whose minute is over is written before the next minute is counted', async (t) => {
  const { add, digest, logged, time } = start()
  for (const n of [1, 2]) add(n)
  time.now += MINUTE
  add(3)
  t.match(logged(), [['warn'], ['warn', { count: 1 }, /bad 2$/]])
  time.now += MINUTE
  digest.write()
  t.match(logged(), [['warn', { count: 1 }, /bad 3$/]])
})

t.test('what was over for a minute is logged at once when it comes again', async (t) => {
  const { add, digest, logged, time } = start()
  add(1)
  time.now += MINUTE
  digest.write()
  add(2)
  t.match(logged(), [['warn'], ['warn', { productId: 'p2' }, 'bad 2']])
})

t.test('a clock that is put back does not silence a kind', async (t) => {
  const { add, logged, time } = start()
  add(1)
  time.now -= 60 * MINUTE
  add(2)
  t.match(logged(), [['warn'], ['warn', {}, 'bad 2']])
})

t.test('kinds do not hide each other', async (t) => {
  const { add, logged } = start()
  add(1)
  add(2, 'rejected')
  t.match(logged(), [['warn'], ['warn', { fault: 'rejected' }]])
})

t.test('each single one can be found at the level of debugging', async (t) => {
  const { add, lines } = start()
  for (const n of [1, 2, 3]) add(n)
  t.match(lines, [['warn'], ['debug', { productId: 'p2' }], ['debug', { productId: 'p3' }]])
})

t.test('what was not written yet is written at the end', async (t) => {
  const { add, digest, logged } = start()
  for (const n of [1, 2]) add(n)
  digest.write(true)
  t.match(logged(), [['warn'], ['warn', { count: 1 }, /bad 2$/]])
})

// There was a line for each of 2,000 products, again and again.
t.test(
  'many products with malformed answers are two lines in the log of the service',
  async (t) => {
    const simulator = await startSimulator(t)
    Object.assign(simulator.faults.settings, { calls: ['offers'], malformed_rate: 1 })
    const time = stoppedClock()
    const variables = { OFFERS_BASE_URL: simulator.baseUrl, LOG_LEVEL: 'info' }
    const { app, lines } = await buildLogged(t, variables, { clock: time.clock })
    await createAll(
      app,
      Array.from({ length: 100 }, (_, n) => ({ name: `Mower ${n}` })),
    )
    await eventually(() => simulator.served.requests.offers >= 100)
    time.now += MINUTE
    const warnings = () => lines.filter(({ fault }) => fault === 'malformed')
    await eventually(() => warnings().length >= 2)
    await app.close()
    t.ok(warnings().length <= 3, `${warnings().length} lines`)
    t.match(warnings()[1], { level: 40, count: Number, examples: [{ productId: String }] })
  },
)
