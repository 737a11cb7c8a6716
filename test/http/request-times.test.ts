import { Registry } from 'prom-client'
import t from 'tap'
import { RequestTimes } from '../../http/request-times.ts'

t.test(
  'requests are counted by method and status, in buckets that include those below',
  async (t) => {
    const registry = new Registry()
    const times = new RequestTimes('requests', 'Some help', [0.1, 1], registry)
    const count = times.of('/here')
    for (const ms of [100, 100.1, 20_000]) count('GET', 200, ms)
    count('GET', 404, 5)
    count('HEAD', 200, 5)
    times.of('/there')('GET', 200, 5)
    const lines = (await registry.metrics()).split('\n')
    t.strictSame(lines.slice(0, 7), [
      '# HELP requests Some help',
      '# TYPE requests histogram',
      'requests_bucket{le="0.1",method="GET",route="/here",status="200"} 1',
      'requests_bucket{le="1",method="GET",route="/here",status="200"} 2',
      'requests_bucket{le="+Inf",method="GET",route="/here",status="200"} 3',
      'requests_sum{method="GET",route="/here",status="200"} 20.2001',
      'requests_count{method="GET",route="/here",status="200"} 3',
    ])
    const rest = ['GET",route="/here",status="404', 'HEAD",route="/here",status="200']
    for (const labels of [...rest, 'GET",route="/there",status="200']) {
      t.ok(lines.includes(`requests_count{method="${labels}"} 1`), labels)
    }
  },
)

t.test('a route without requests is not listed', async (t) => {
  const registry = new Registry()
  new RequestTimes('requests', 'Some help', [1], registry).of('/here')
  t.equal((await registry.metrics()).trim(), '# HELP requests Some help\n# TYPE requests histogram')
})
