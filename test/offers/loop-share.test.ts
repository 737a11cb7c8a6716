import t from 'tap'
import { LoopShare } from '../../offers/loop-share.ts'

/** A share by a clock and a loop that a test sets; it begins long after a window could have begun. */
function start() {
  const time = { now: 10_000, busy: 4_000 }
  const share = new LoopShare({ now: () => time.now, busyMs: () => time.busy })
  return {
    share,
    /** So much time passes, of which the loop is busy for so long. */
    pass(ms: number, busy: number) {
      time.now += ms
      time.busy += busy
    },
  }
}

t.test('while there are no requests nothing waits', async (t) => {
  const { share, pass } = start()
  for (let n = 0; n < 5; n++) {
    t.equal(share.waitMs(), 0)
    pass(100, 100)
  }
})

t.test('while there are requests the loop is left free for most of the time', async (t) => {
  const { share, pass } = start()
  share.asked()
  t.equal(share.waitMs(), 0)
  pass(3, 3)
  t.equal(share.waitMs(), 7)
  pass(1, 0)
  t.equal(share.waitMs(), 6)
  pass(6, 0)
  t.equal(share.waitMs(), 0)
  pass(5, 1)
  t.equal(share.waitMs(), 0, 'a loop that is idle anyway has room')
})

t.test('requests that keep the loop busy do not keep the work from going on', async (t) => {
  const { share, pass } = start()
  share.asked()
  t.equal(share.waitMs(), 0)
  pass(15, 15)
  t.equal(share.waitMs(), 5)
  pass(5, 5)
  t.equal(share.waitMs(), 0)
})

t.test('a quarter of a second after the last request all is taken again', async (t) => {
  const { share, pass } = start()
  share.asked()
  t.equal(share.waitMs(), 0)
  pass(2, 2)
  t.ok(share.waitMs() > 0)
  pass(249, 249)
  t.equal(share.waitMs(), 0)
  pass(1, 1)
  t.equal(share.waitMs(), 0)
})
