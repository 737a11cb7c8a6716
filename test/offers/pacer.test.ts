import t from 'tap'
import { Pacer } from '../../offers/pacer.ts'
import { MINUTE, SECOND } from './clock.ts'

/** Asks every 100 ms, as the scheduler does, and takes all there is; how many polls that makes. */
function pollsWithin(ms: number, registered: number, kind: 'due' | 'early'): number {
  const pacer = new Pacer(MINUTE, 0)
  pacer.spend(1)
  let polls = 0
  for (let now = 100; now <= ms; now += 100) {
    const allowed = pacer.allowance(now, registered)[kind]
    pacer.spend(allowed)
    polls += allowed
  }
  return polls
}

t.test('an overdue poll may start at once, and none before it is due', async (t) => {
  t.same(new Pacer(MINUTE, 0).allowance(0, 1000), { due: 1, early: 0 })
})

t.test('polls that were started are taken off both budgets', async (t) => {
  const pacer = new Pacer(MINUTE, 0)
  pacer.spend(1)
  t.same(pacer.allowance(0, 1000), { due: 0, early: 0 })
})

t.test('spending more than there is leaves no debt', async (t) => {
  const pacer = new Pacer(MINUTE, 0)
  pacer.spend(1000)
  t.same(pacer.allowance(MINUTE, 1), { due: 1, early: 1 })
})

const catalogues: [registered: number, early: number, due: number][] = [
  [0, 0, 12],
  [6, 6, 19],
  [600, 600, 762],
  [60_000, 60_000, 75_012],
]
for (const [registered, early, due] of catalogues) {
  t.test(`${registered} products are polled early at the even pace`, async (t) => {
    const polls = pollsWithin(MINUTE, registered, 'early')
    t.ok(Math.abs(polls - early) <= 1, `${polls} in a minute`)
  })
  t.test(`${registered} overdue products are polled somewhat faster`, async (t) => {
    const polls = pollsWithin(MINUTE, registered, 'due')
    t.ok(Math.abs(polls - due) <= 1, `${polls} in a minute`)
  })
}

t.test('a long silence ends with what a quarter of a second allows', async (t) => {
  const pacer = new Pacer(MINUTE, 0)
  t.same(pacer.allowance(60 * MINUTE, 60_000), { due: 312, early: 250 })
})

t.test('a long silence in a small catalogue ends with one poll', async (t) => {
  const pacer = new Pacer(MINUTE, 0)
  t.same(pacer.allowance(60 * MINUTE, 10), { due: 1, early: 1 })
})

t.test('a clock that is put back takes nothing away', async (t) => {
  const pacer = new Pacer(SECOND, MINUTE)
  t.same(pacer.allowance(0, 1), { due: 1, early: 0 })
  pacer.spend(1)
  t.same(pacer.allowance(SECOND, 1), { due: 1, early: 1 }, 'and goes on from there')
})
