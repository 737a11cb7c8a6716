import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { startApp, temporaryFolder } from '../helper.ts'
import { cli } from './helper.ts'

t.test('the document is what the service serves', async (t) => {
  const app = await startApp(t)
  const { code, stdout, stderr } = await cli(['openapi'])
  t.same([code, stderr], [0, ''])
  t.same(JSON.parse(stdout), (await app.inject('/docs/json')).json())

  const file = join(await temporaryFolder(t), 'openapi.json')
  t.same(await cli(['openapi', '--output', file]), { code: 0, stdout: '', stderr: '' })
  t.equal(await readFile(file, 'utf8'), stdout)
})
