import t from 'tap'
import { backoff } from '../../offers/backoff.ts'

const HOUR = 3_600_000

const delays: [name: string, failures: number, random: number, expected: number][] = [
  ['half of the base at the least', 0, 0, 500],
  ['up to the base', 0, 1, 1000],
  ['twice as long after one failure', 1, 1, 2000],
  ['four times as long after two', 2, 1, 4000],
  ['in the middle of its range', 3, 0.5, 6000],
  ['the cap at the most', 12, 1, HOUR],
  ['half of the cap at the least', 12, 0, HOUR / 2],
  ['the cap after failures without number', 100_000, 1, HOUR],
]
for (const [name, failures, random, expected] of delays) {
  t.test(`the wait is ${name}`, async (t) => {
    const options = { baseMs: 1000, capMs: HOUR, random: () => random }
    t.equal(backoff(failures, options), expected)
  })
}

t.test('the wait stays finite without a cap', async (t) => {
  const options = { baseMs: 1, capMs: Number.POSITIVE_INFINITY, random: () => 1 }
  t.equal(backoff(100_000, options), 2 ** 30)
})

t.test('the wait is whole: a fraction could not be written to a column of integers', async (t) => {
  t.equal(backoff(0, { baseMs: 1000, capMs: HOUR, random: () => 1 / 3 }), 667)
})
