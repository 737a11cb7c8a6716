import t from 'tap'
import { checkAlertsOfTheKilled } from '../alerts-killed.ts'
import { postgresDatabase } from './database.ts'

t.test(
  'of two instances that are killed in turn, none fires twice or misses anything',
  async (t) => {
    await checkAlertsOfTheKilled(t, await postgresDatabase(t), 2)
  },
)
