import t from 'tap'
import { lineOf, readTally } from '../../../scripts/scale/shares.ts'

const METRICS = `# TYPE offers_call_duration_seconds histogram
offers_call_duration_seconds_bucket{le="1",call="offers",result="ok"} 500
offers_call_duration_seconds_count{call="offers",result="ok"} 500
offers_call_duration_seconds_count{call="offers",result="timeout"} 3
offers_call_duration_seconds_count{call="register",result="ok"} 40
refresh_within_target_ratio 0.975
`

t.test('polls are counted whatever their result, and registrations are not', async (t) => {
  t.strictSame(readTally(METRICS), { polls: 503, withinTarget: 0.975 })
})

t.test('an instance that has not polled yet has polled nothing', async (t) => {
  t.strictSame(readTally(''), { polls: 0, withinTarget: Number.NaN })
})

t.test('a line has the polls a second of each instance, or that it is gone', async (t) => {
  const before = new Map([['#1', { polls: 100, withinTarget: 1 }]])
  const now = new Map([
    ['#1', { polls: 150, withinTarget: 0.975 }],
    ['#2', { polls: 5, withinTarget: 0.975 }],
  ])
  const line = lineOf(['#1', '#2', '#3'], before, now, 5)
  t.equal(line, '#1    10.0/s   #2     1.0/s   #3    gone   in time: 97.5%')
  t.match(lineOf(['#1'], now, new Map(), 5), /^#1 {4}gone {3}in time: NaN%$/)
})
