import t from 'tap'
import { serviceUrl } from '../../cli/service-url.ts'

const cases: [Record<string, string>, string][] = [
  [{}, 'http://127.0.0.1:3000'],
  [{ HOST: '', PORT: '' }, 'http://127.0.0.1:3000'],
  [{ HOST: '0.0.0.0', PORT: '80' }, 'http://127.0.0.1:80'],
  [{ HOST: '::' }, 'http://[::1]:3000'],
  [{ HOST: '::1' }, 'http://[::1]:3000'],
  [{ HOST: '192.0.2.7' }, 'http://192.0.2.7:3000'],
  [{ HOST: 'localhost' }, 'http://localhost:3000'],
]

for (const [env, url] of cases) {
  t.test(`the service of ${JSON.stringify(env)} is at ${url}`, async (t) => {
    t.equal(serviceUrl(env), url)
  })
}

t.test('a bad variable is named', async (t) => {
  t.throws(() => serviceUrl({ PORT: 'http' }), { message: /^PORT: "http" is not an integer/ })
})
