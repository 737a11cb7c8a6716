import t from 'tap'
import { Wait } from '../../offers/wait.ts'
import { NOW, stoppedClock } from './clock.ts'

/** A wait that has begun. */
function start(ms: number) {
  const time = stoppedClock()
  const wait = new Wait(time.clock)
  wait.begin(ms)
  return { time, wait }
}

const CASES: [when: string, at: number, isOver: boolean][] = [
  ['at its beginning', NOW, false],
  ['a moment before its end', NOW + 499, false],
  ['at its end', NOW + 500, true],
  ['a moment before its beginning', NOW - 1, true],
  ['long before that', NOW - 3_600_000, true],
]
for (const [when, at, isOver] of CASES) {
  t.test(`a wait is ${isOver ? 'over' : 'on'} ${when}`, async (t) => {
    const { time, wait } = start(500)
    time.now = at
    t.equal(wait.isOver, isOver)
    t.equal(wait.until, isOver ? null : NOW + 500)
  })
}

t.test('a wait that has not begun is over', async (t) => {
  t.equal(new Wait(() => NOW).isOver, true)
})

t.test('a wait can be made longer and not shorter', async (t) => {
  const { time, wait } = start(500)
  time.now += 100
  wait.begin(300)
  t.equal(wait.until, NOW + 500)
  wait.begin(600)
  t.equal(wait.until, NOW + 700)
})

t.test('a wait that the clock was put out of begins as any other', async (t) => {
  const { time, wait } = start(500)
  time.now -= 1000
  wait.begin(100)
  t.equal(wait.until, NOW - 900)
})
