import t from 'tap'
import { DEFAULTS } from '../../../db/postgres/config.ts'
import { soughtWords } from '../../../search/query.ts'
import { eventually } from '../../helper.ts'
import { postgresDatabase } from '../../postgres/database.ts'
import { throughPgbouncer } from '../../postgres/pgbouncer.ts'
import { createAll } from '../create-all.ts'
import { instance } from './instances.ts'

const ALL = { most: 1_000, due: 1_000, early: 1_000 }

t.test('two instances share a database through pgbouncer in transaction mode', async (t) => {
  const url = await throughPgbouncer(t, await postgresDatabase(t, { empty: true }))
  if (url === undefined) {
    if (process.env.REQUIRE_POSTGRES === '1') throw new Error('pgbouncer is not installed')
    t.plan(0, 'pgbouncer is not installed')
    return
  }
  const server = { ...DEFAULTS, listen: false }
  const stores = await Promise.all([instance(t, url, { server }), instance(t, url, { server })])
  const [first, second] = stores
  for (const store of [...stores, ...stores]) await store.renewLease()
  await createAll(
    first,
    Array.from({ length: 300 }, (_, n) => ({ name: `Lamp ${n}` })),
  )
  let handedOut = 0
  for (const store of stores) {
    const at = store.clock()
    const tasks = await store.takeRegistrations(at, 1_000)
    handedOut += tasks.length
    const offers = [{ id: 'x', price: 5, items_in_stock: 1 }]
    await store.settle(
      tasks.flatMap(({ token }) => [
        { type: 'registered' as const, token, at },
        { type: 'refreshed' as const, token, at, dueAt: at, offers },
      ]),
    )
    t.equal((await store.takeRefreshes(at, ALL)).length, tasks.length)
  }
  t.equal(handedOut, 300)
  await eventually(() => second.lastSeq === 900)
  const { items } = await second.changes({ after: 0, limit: 1_000 })
  t.same(
    items.map(({ seq }) => seq),
    Array.from({ length: 900 }, (_, n) => n + 1),
  )
  const words = soughtWords('lamp 299')
  const page = await second.products({ sort: 'name', words, limit: 9 })
  t.match(page.items, [{ name: 'Lamp 299', lowest_price: 5 }])
  const past = await second.offersAt(page.items[0]?.id ?? '', second.clock())
  t.match(past, { items: [{ id: 'x', price: 5 }], stale: false })
})
