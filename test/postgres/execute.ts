import { Client } from 'pg'

/** The database on a shared server that has all tables, which others are copied from. */
export const TEMPLATE = 'migrated'

/** Runs one statement on a connection of its own. */
export async function execute(url: string, sql: string) {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}
