import type { AddressInfo } from 'node:net'
import t from 'tap'
import { startApp, temporaryFolder } from '../helper.ts'
import { run } from './workspace.ts'

t.test('the document that is served passes all recommended rules of redocly', async (t) => {
  const app = await startApp(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const { ok, output, faults } = await run(await temporaryFolder(t), [
    'redocly',
    'lint',
    `http://127.0.0.1:${port}/docs/json`,
    '--extends=recommended',
    '--format=json',
  ])
  t.ok(ok, faults)
  const { totals, problems } = JSON.parse(output)
  t.strictSame(problems, [])
  t.strictSame(totals, { errors: 0, warnings: 0, ignored: 0 })
})
