import t from 'tap'
import { toTime } from '../../schemas/to-time.ts'

t.test('a time is RFC 3339 in UTC with milliseconds', async (t) => {
  t.equal(toTime(Date.UTC(2026, 10, 22, 8)), '2026-11-22T08:00:00.000Z')
  t.equal(toTime(1), '1970-01-01T00:00:00.001Z')
  const last = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
  for (let ms = 0; ms <= last; ms += 9_876_543_210_123) {
    for (const near of [ms, ms + 1, ms + 86_399_999]) {
      t.equal(toTime(near), new Date(near).toISOString())
    }
  }
  t.equal(toTime(last), '9999-12-31T23:59:59.999Z')
})
