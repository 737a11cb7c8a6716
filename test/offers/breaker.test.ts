import t, { type Test } from 'tap'
import { Breaker } from '../../offers/breaker.ts'
import { MINUTE, NOW, SECOND, stoppedClock } from './clock.ts'

function start(random = 0.5) {
  const time = stoppedClock()
  const changes: boolean[] = []
  const onChange = (open: boolean) => changes.push(open)
  const breaker = new Breaker({ clock: time.clock, random: () => random, onChange })
  return { time, changes, breaker }
}

function fail(breaker: Breaker, times: number): void {
  for (let n = 0; n < times; n++) breaker.failed(breaker.enter())
}

/** Opens it; the first probe may go out after 375 ms. */
function startOpen() {
  const all = start()
  fail(all.breaker, 5)
  return all
}

function assertPaused(t: Test, breaker: Breaker, why: RegExp): void {
  t.equal(breaker.capacity, 0)
  t.throws(() => breaker.enter(), { fault: 'paused', message: why })
}

t.test('lets every call through at the start', async (t) => {
  const { breaker } = start()
  t.equal(breaker.capacity, Number.POSITIVE_INFINITY)
  t.equal(breaker.enter(), 'normal')
  t.equal(breaker.enter(), 'normal')
  t.equal(breaker.pausedUntil, null)
})

t.test('four consecutive failures leave it closed', async (t) => {
  const { breaker, changes } = start()
  fail(breaker, 4)
  t.equal(breaker.capacity, Number.POSITIVE_INFINITY)
  t.same(changes, [])
})

t.test('five consecutive failures open it, which is reported once', async (t) => {
  const { breaker, changes } = startOpen()
  t.same(changes, [true])
  assertPaused(t, breaker, /taken to be down/)
})

t.test('a success ends a run of failures', async (t) => {
  const { breaker, changes } = start()
  fail(breaker, 4)
  breaker.succeeded()
  fail(breaker, 4)
  t.same(changes, [])
})

t.test('calls that were under way when it opened change nothing as they fail', async (t) => {
  const { breaker, time, changes } = start()
  const late = breaker.enter()
  fail(breaker, 5)
  time.now += 374
  breaker.failed(late)
  time.now += 1
  t.equal(breaker.capacity, 1)
  t.same(changes, [true])
})

t.test('a call that was under way when it opened closes it as it succeeds', async (t) => {
  const { breaker, changes } = startOpen()
  breaker.succeeded()
  t.equal(breaker.enter(), 'normal')
  t.same(changes, [true, false])
})

t.test('open, it lets one probe at a time through', async (t) => {
  const { breaker, time } = startOpen()
  time.now += 375
  t.equal(breaker.capacity, 1)
  t.equal(breaker.enter(), 'probe')
  assertPaused(t, breaker, /taken to be down/)
})

t.test('a probe that succeeds closes it', async (t) => {
  const { breaker, time, changes } = startOpen()
  time.now += 375
  breaker.enter()
  breaker.succeeded()
  t.equal(breaker.capacity, Number.POSITIVE_INFINITY)
  t.same(changes, [true, false])
})

t.test('each probe that fails doubles the wait, up to five seconds', async (t) => {
  const { breaker, time, changes } = startOpen()
  const waits = [375, 750, 1500, 3000, 3750, 3750]
  for (const wait of waits) {
    time.now += wait - 1
    t.equal(breaker.capacity, 0, `not before ${wait} ms`)
    time.now += 1
    breaker.failed(breaker.enter())
  }
  t.same(changes, [true])
})

const waits: [random: number, ms: number][] = [
  [0, 250],
  [1, 500],
]
for (const [random, ms] of waits) {
  t.test(`the first probe comes after ${ms} ms where chance says ${random}`, async (t) => {
    const { breaker, time } = start(random)
    fail(breaker, 5)
    time.now += ms - 1
    t.equal(breaker.capacity, 0)
    time.now += 1
    t.equal(breaker.capacity, 1)
  })
}

t.test('after a recovery, only another run of failures opens it', async (t) => {
  const { breaker, time, changes } = startOpen()
  time.now += 375
  breaker.enter()
  breaker.succeeded()
  fail(breaker, 4)
  t.same(changes, [true, false])
  fail(breaker, 1)
  t.same(changes, [true, false, true])
})

t.test('a pause lets nothing through until it ends', async (t) => {
  const { breaker, time } = start()
  breaker.pause(30 * SECOND, 'normal')
  assertPaused(t, breaker, /asked for a pause/)
  t.equal(breaker.pausedUntil, NOW + 30 * SECOND)
  time.now += 30 * SECOND - 1
  assertPaused(t, breaker, /asked for a pause/)
  time.now += 1
  t.equal(breaker.enter(), 'normal')
  t.equal(breaker.pausedUntil, null)
})

const pauses: [ms: number, expected: number | null][] = [
  [-1, null],
  [0, null],
  [1, NOW + 1],
  [10 * MINUTE, NOW + 10 * MINUTE],
  [10 * MINUTE + 1, NOW + 10 * MINUTE],
  [Number.POSITIVE_INFINITY, NOW + 10 * MINUTE],
]
for (const [ms, expected] of pauses) {
  t.test(`a pause of ${ms} ms is within 0 and 10 minutes`, async (t) => {
    const { breaker } = start()
    breaker.pause(ms, 'normal')
    t.equal(breaker.pausedUntil, expected)
  })
}

t.test('a shorter pause does not end a longer one', async (t) => {
  const { breaker } = start()
  breaker.pause(30 * SECOND, 'normal')
  breaker.pause(SECOND, 'normal')
  t.equal(breaker.pausedUntil, NOW + 30 * SECOND)
})

t.test('a pause does not count as a failure', async (t) => {
  const { breaker, time, changes } = start()
  for (let n = 0; n < 10; n++) {
    breaker.enter()
    breaker.pause(SECOND, 'normal')
    time.now += SECOND
  }
  t.same(changes, [])
})

t.test('a probe that was answered with a pause makes room for the next after it', async (t) => {
  const { breaker, time, changes } = startOpen()
  time.now += 375
  breaker.enter()
  breaker.pause(SECOND, 'probe')
  t.equal(breaker.capacity, 0)
  time.now += SECOND
  t.equal(breaker.enter(), 'probe')
  t.same(changes, [true])
})

for (const back of [SECOND, MINUTE, 9 * MINUTE, 60 * MINUTE]) {
  t.test(`a clock that is put back by ${back / SECOND} s does not lengthen a pause`, async (t) => {
    const { breaker, time } = start()
    breaker.pause(30 * SECOND, 'normal')
    time.now -= back
    t.equal(breaker.pausedUntil, null)
    t.equal(breaker.enter(), 'normal')
  })

  t.test(`a clock that is put back by ${back / SECOND} s does not hold up a probe`, async (t) => {
    const { breaker, time } = startOpen()
    time.now -= back
    t.equal(breaker.enter(), 'probe')
  })
}

t.test('a pause that another call brought leaves a probe under way alone', async (t) => {
  const { breaker, time } = startOpen()
  time.now += 375
  breaker.enter()
  breaker.pause(SECOND, 'normal')
  time.now += SECOND
  t.equal(breaker.capacity, 0)
})
