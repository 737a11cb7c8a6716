import { join } from 'node:path'
import t from 'tap'
import { startSimulator, temporaryFolder } from './helper.ts'
import { retryAfterKill } from './lost-answers.ts'
import { SERVICE, start } from './process.ts'

t.test('requests that are sent again after kill -9 create each product once', async (t) => {
  const { baseUrl } = await startSimulator(t)
  const variables = {
    PORT: '0',
    DATABASE_URL: `file:${join(await temporaryFolder(t), 'test.db')}`,
    OFFERS_BASE_URL: baseUrl,
  }
  const service = await start(t, SERVICE, variables)
  await retryAfterKill(t, service, async () => (await start(t, SERVICE, variables)).url)
})
