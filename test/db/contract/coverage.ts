import { coverageOf, gapsOf } from '../../../history/coverage.ts'
import { DOWN } from '../../helper.ts'
import { type ContractTests, INTERVAL, offer, refreshed } from '../fixture.ts'
import { minutesOf, polls } from './observed.ts'

/** When a product was looked at. */
export function coverageContract({ test }: ContractTests): void {
  test('coverage is the runs of good polls', async (t, f) => {
    const { minute, window } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [])
    const covered = async (from: number, to: number) => {
      const history = await f.store.productHistory(id, window(from, to))
      return coverageOf(history.covered, minute(from), minute(to))
    }
    await polls(f, token, [
      [2, []],
      [5, []],
      [6, null],
      [7, null],
      [8, []],
      [10, []],
    ])
    t.equal(await covered(0, 5), 1)
    t.equal(await covered(5, 8), 0)
    t.equal(await covered(0, 10), 0.7)
    t.equal(await covered(-10, 10), 0.35)
    // There was no poll for more than three intervals.
    await polls(f, token, [
      [14, []],
      [16, []],
    ])
    t.equal(await covered(10, 14), 0)
    t.equal(await covered(9, 16), 3 / 7)
    f.time.now = minute(18)
    t.equal(await covered(16, 18), 1, 'the run goes on')
    await polls(f, token, [[18, null]])
    t.equal(await covered(16, 18), 0, 'it has ended')
    f.time.now = minute(30)
    t.equal(await covered(17, 30), 0)
    await polls(f, token, [
      [12, []],
      [13, []],
    ])
    t.equal(await covered(10, 16), 0.5, 'a clock that steps back covers nothing twice')
  })

  test('a pause of all polls is a gap, whether short or long', async (t, f) => {
    const { minute, window } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [offer('x', 1)])
    const pause = (since: number, until: number) =>
      f.store.pausePolls({ since: minute(since), until: minute(until) })
    const unchanged = async (minutes: number) => {
      f.time.now = minute(minutes)
      const at = f.time.now
      await f.store.settle([{ type: 'unchanged', token, at, dueAt: at + INTERVAL }])
    }
    async function gaps(from: number, to: number) {
      const { covered } = await f.store.productHistory(id, window(from, to))
      return gapsOf(covered, minute(from), minute(to)).map((gap) =>
        [gap.from, gap.to].map((at) => (at - f.start) / INTERVAL),
      )
    }
    await unchanged(1)
    await pause(1.5, 1.6)
    f.time.now = minute(1.55)
    t.same(await gaps(0, 1.55), [[1, 1.55]], 'it is on')
    await unchanged(2)
    await unchanged(3)
    t.same(await gaps(0, 3), [[1, 2]], 'nothing changed')
    await pause(3.5, 4)
    await polls(f, token, [
      [4.5, [offer('x', 2)]],
      [5, [offer('x', 3)]],
    ])
    t.same(await gaps(3, 5), [[3, 4.5]], 'a price changed')
    await pause(6, 12)
    await unchanged(13)
    await unchanged(14)
    t.same(await gaps(4.5, 14), [[5, 13]], 'it lasts for longer than three intervals')
    await pause(500, 510)
    await unchanged(15)
    t.same(await gaps(13, 15), [], 'it was before the clock was put back')
  })

  test('a wrong clock neither loses nor makes up coverage', async (t, f) => {
    const { minute, window } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [])
    const covered = async (from: number, to: number) => {
      const history = await f.store.productHistory(id, window(from, to))
      return coverageOf(history.covered, minute(from), minute(to))
    }
    const good = (from: number, to: number) =>
      polls(
        f,
        token,
        Array.from({ length: to - from + 1 }, (_, index) => [from + index, []]),
      )
    await good(0, 30)
    await polls(f, token, [[0, null]]) // It is behind, for minutes.
    await good(10, 12)
    await good(31, 40)
    t.equal(await covered(0, 30), 1)
    t.equal(await covered(15, 30), 1, 'within the run that was under way')
    t.equal(await covered(30, 40), 0.9, 'the first poll after it begins a run')
    await good(29, 33)
    await good(41, 45)
    t.equal(await covered(0, 40), 1, 'runs that overlap are one')
    await good(1000, 1001) // It is ahead, for a minute.
    await good(46, 47)
    f.time.now = minute(47)
    t.equal(await covered(0, 47), 45 / 47)
    t.equal(await covered(0, 2000), 45 / 2000, 'nobody has looked in the future')
    t.equal(await covered(1000, 1001), 0)
    f.time.now = minute(1001)
    t.equal(await covered(1000, 1001), 1, 'somebody had, as far as is known')
  })

  test('a forgotten product has a gap in its coverage', async (t, f) => {
    const { minute, window } = minutesOf(f.start)
    const { id, token } = await refreshed(f.store, 'a', [])
    await f.store.settle([{ type: 'forgotten', token, at: minute(1), dueAt: minute(1), ...DOWN }])
    await polls(f, token, [[2, []]])
    t.same((await f.store.productHistory(id, window(0, 2))).covered, [
      { since: f.start, until: f.start },
      { since: minute(2), until: minute(2) },
    ])
  })
}
