import t from 'tap'
import { learnServerTime, serverTime } from '../../web/server-time.ts'

const NOW = Date.UTC(2026, 10, 22, 8)

const DATES: [what: string, date: string | null, difference: number][] = [
  ['two seconds behind', 'Sun, 22 Nov 2026 07:59:58 GMT', 0],
  ['an hour behind', 'Sun, 22 Nov 2026 07:00:00 GMT', -3_600_000],
  ['not told', null, -3_600_000],
  ['told as no date', 'soon', -3_600_000],
  ['a day ahead', 'Mon, 23 Nov 2026 08:00:00 GMT', 86_400_000],
  ['right again', 'Sun, 22 Nov 2026 08:00:00 GMT', 0],
]
t.test('the time of the service is learned from what it answers', async (t) => {
  t.intercept(Date, 'now', { value: () => NOW })
  for (const [what, date, difference] of DATES) {
    learnServerTime(date)
    t.equal(serverTime() - NOW, difference, what)
  }
})
