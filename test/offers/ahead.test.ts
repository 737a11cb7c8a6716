import t from 'tap'
import { isAhead } from '../../offers/ahead.ts'

const CASES: [what: string, time: number, expected: boolean][] = [
  ['past', 999, false],
  ['now', 1000, false],
  ['a moment ahead', 1001, true],
  ['as far ahead as it can be set', 1500, true],
  ['further ahead than that', 1501, false],
]
for (const [what, time, expected] of CASES) {
  t.test(`a time that is ${what} is ${expected ? 'ahead' : 'over'}`, async (t) => {
    t.equal(isAhead(time, 1000, 500), expected)
  })
}
