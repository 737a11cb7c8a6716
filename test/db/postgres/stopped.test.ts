/** An instance whose process is stopped, with whatever it has locked, holds up the others no longer than they wait. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { connectionConfig, DEFAULTS } from '../../../db/postgres/config.ts'
import { connect } from '../../../db/postgres/connection.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { createAll } from '../create-all.ts'
import { instance } from './instances.ts'

/** How often the process is stopped; the default keeps the suite short. */
const STOPS = Number(process.env.STOPS ?? 2)

const MAX_STOPPED_MS = 4_000

t.test('the locks of a transaction that is stuck are released', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url)
  const { id } = await store.createProduct({ name: 'a' })
  const stopped = await connect(connectionConfig(url))
  t.teardown(() => stopped.end())
  await stopped.query('BEGIN')
  await stopped.query('SELECT FROM products, feed FOR UPDATE')
  t.match(await store.updateProduct(id, { name: 'b' }), { name: 'b' })
})

t.test('the server notices by itself that a client is gone', async (t) => {
  const client = await connect(connectionConfig(await postgresDatabase(t)))
  t.teardown(() => client.end())
  const { rows } = await client.query(
    "SELECT name FROM pg_settings WHERE source = 'client' AND name ~ '^tcp_' ORDER BY name",
  )
  t.match(rows, [
    { name: 'tcp_keepalives_count' },
    { name: 'tcp_keepalives_idle' },
    { name: 'tcp_keepalives_interval' },
    { name: 'tcp_user_timeout' },
  ])
})

t.test('instances continue to write while another one is suspended again and again', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url, { server: DEFAULTS })
  const [product] = await createAll(
    store,
    Array.from({ length: 10 }, (_, n) => ({ name: `${n}` })),
  )
  const other = fork(join(import.meta.dirname, 'busy-instance.ts'), [url])
  t.teardown(() => other.kill('SIGKILL'))
  await once(other, 'message')

  let isWriting = true
  let longest = 0
  async function write(): Promise<void> {
    for (let n = 0; isWriting; n++) {
      const began = performance.now()
      await store.updateProduct(product?.id ?? '', { description: `${n}` })
      await store.createProduct({ name: 'another' })
      longest = Math.max(longest, performance.now() - began)
    }
  }
  const writing = write()
  for (let stop = 0; stop < STOPS; stop++) {
    await delay(Math.random() * 300)
    other.kill('SIGSTOP')
    await delay(MAX_STOPPED_MS)
    other.kill('SIGCONT')
  }
  isWriting = false
  await t.resolves(writing, 'no write is refused because it waited for too long')
  t.comment(`the longest of two writes after ${STOPS} stops: ${Math.round(longest)} ms`)
})
