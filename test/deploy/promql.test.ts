import t from 'tap'
import { references } from './promql.ts'

const cases: [expression: string, metrics: Record<string, string[]>, grouping: string[]][] = [
  ['up', { up: [] }, []],
  ['up{job="a b{", instance=~"$instance"} == 0 # of all', { up: ['job', 'instance'] }, []],
  ['sum by (job, le) (rate(calls{result!="ok"}[5m]))', { calls: ['result'] }, ['job', 'le']],
  ['topk(5, a{x="1"} / on (job) group_left b{y="2"} > 1e9)', { a: ['x'], b: ['y'] }, ['job']],
  ['job:a:rate5m or 0 * max without (host) (c)', { 'job:a:rate5m': [], c: [] }, ['host']],
  ['a unless on (job) b offset 5m', { a: [], b: [] }, ['job']],
]
for (const [expression, metrics, grouping] of cases) {
  t.test(expression, async (t) => {
    const found = references(expression)
    t.strictSame(
      Object.fromEntries([...found.metrics].map(([name, labels]) => [name, [...labels]])),
      metrics,
    )
    t.strictSame([...found.grouping], grouping)
  })
}
