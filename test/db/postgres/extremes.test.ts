import { execute, postgresDatabase } from '../../postgres/database.ts'
import { incompleteExtremes } from '../incomplete-extremes.ts'
import { instance } from './instances.ts'

incompleteExtremes('PostgreSQL', async (t, start) => {
  const url = await postgresDatabase(t)
  const time = { now: start }
  const store = await instance(t, url, { clock: () => time.now })
  return {
    store,
    time,
    async execute(sql) {
      await execute(url, sql.replace('{table}', 'listings'))
    },
  }
})
