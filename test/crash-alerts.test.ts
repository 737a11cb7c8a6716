import { join } from 'node:path'
import t from 'tap'
import { checkAlertsOfTheKilled } from './alerts-killed.ts'
import { temporaryFolder } from './helper.ts'

t.test('killed again and again, no alert fires twice or misses what it watches', async (t) => {
  await checkAlertsOfTheKilled(t, `file:${join(await temporaryFolder(t), 'test.db')}`, 1)
})
