import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { startApp, temporaryFolder } from '../helper.ts'
import { run } from './workspace.ts'

/** `by-external-id` stands where other paths have an id. It is none, since all ids are UUIDs. */
const AMBIGUOUS = 'no-ambiguous-paths'

t.test('the document that is served passes the recommended rules of redocly', async (t) => {
  const app = await startApp(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const { ok, output, faults } = await run(await temporaryFolder(t), [
    'redocly',
    'lint',
    `http://127.0.0.1:${port}/docs/json`,
    '--extends=recommended',
    `--skip-rule=${AMBIGUOUS}`,
    '--format=json',
  ])
  t.ok(ok, faults)
  const { totals, problems } = JSON.parse(output)
  t.strictSame(problems, [])
  t.match(totals, { errors: 0, warnings: 0 })
})

t.test('the AsyncAPI document passes the recommended rules of redocly', async (t) => {
  const document = fileURLToPath(new URL('../../docs/asyncapi.yaml', import.meta.url))
  const folder = await temporaryFolder(t)
  const { ok, output, faults } = await run(folder, ['redocly', 'lint', document, '--format=json'])
  t.ok(ok, faults)
  const { totals, problems } = JSON.parse(output)
  t.strictSame(problems, [])
  t.match(totals, { errors: 0, warnings: 0 })
})
