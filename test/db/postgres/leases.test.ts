import t from 'tap'
import type { PostgresStore } from '../../../db/postgres/store.ts'
import { Work } from '../../../db/postgres/work.ts'
import type { Outcome } from '../../../db/store.ts'
import { execute, postgresDatabase } from '../../postgres/database.ts'
import { createAll } from '../create-all.ts'
import {
  ALL,
  beat,
  catalogue,
  expire,
  handedOutOnce,
  instance,
  PRODUCTS,
  sum,
  takeAll,
} from './instances.ts'

const release = (store: PostgresStore, tokens: string[]) =>
  store.settle(tokens.map((token) => ({ type: 'released', token })))

for (const count of [2, 4]) {
  t.test(`${count} instances poll each product once, and share them`, async (t) => {
    const url = await postgresDatabase(t)
    const stores = await Promise.all(Array.from({ length: count }, () => instance(t, url)))
    await beat(stores)
    const ids = await catalogue(stores)
    const taken = await takeAll(stores)
    handedOutOnce(t, taken, ids)
    for (const tasks of taken) {
      t.equal(tasks.length, PRODUCTS / count)
    }
    const shares = await Promise.all(stores.map((store) => store.share()))
    t.equal(sum(shares), PRODUCTS)
  })
}

t.test('an instance that joins takes its share once no work on it is in flight', async (t) => {
  const url = await postgresDatabase(t)
  const first = await instance(t, url)
  const ids = await catalogue([first])
  const [tasks = []] = await takeAll([first])
  t.equal(tasks.length, PRODUCTS)
  const second = await instance(t, url)
  await beat([first, second])
  t.equal(await second.share(), 0, 'all of them are under way')
  t.same(await second.takeRefreshes(Date.now(), ALL), [])
  await release(
    first,
    tasks.map(({ token }) => token),
  )
  await beat([first, second])
  const taken = await takeAll([first, second])
  t.ok(taken.every((some) => some.length === PRODUCTS / 2))
  handedOutOnce(t, taken, ids)
})

// They were polled twice as often for good, by this instance and by the next owner of the shard.
t.test('products whose shard is given up while they are registered have one owner', async (t) => {
  const url = await postgresDatabase(t)
  const first = await instance(t, url)
  const names = Array.from({ length: PRODUCTS }, (_, n) => ({ name: `${n}` }))
  const ids = (await createAll(first, names)).map(({ id }) => id)
  const tasks = await first.takeRegistrations(Number.POSITIVE_INFINITY, PRODUCTS)
  t.equal(tasks.length, PRODUCTS)
  const second = await instance(t, url)
  await beat([first, second])
  t.equal(await second.share(), 0, 'all of them are under way')
  const at = Date.now()
  await first.settle(
    tasks.flatMap(({ token }): Outcome[] => [
      { type: 'registered', token, at },
      { type: 'unchanged', token, at, dueAt: at },
    ]),
  )
  await beat([first, second])
  t.same(await Promise.all([first.share(), second.share()]), [PRODUCTS / 2, PRODUCTS / 2])
  const taken = await takeAll([first, second])
  handedOutOnce(t, taken, ids)
})

t.test('the work of an instance that leaves goes to the others', async (t) => {
  const url = await postgresDatabase(t)
  const stores = [await instance(t, url), await instance(t, url)] as const
  await beat([...stores])
  await catalogue([...stores])
  await stores[0].close()
  await beat([stores[1]])
  t.equal(await stores[1].share(), PRODUCTS)
})

t.test('the work of an instance that does not renew its lease goes to the others', async (t) => {
  const url = await postgresDatabase(t)
  const [dead, alive] = [await instance(t, url), await instance(t, url)]
  await beat([dead, alive])
  const ids = await catalogue([dead, alive])
  const [late = [], own = []] = await takeAll([dead, alive])
  await expire(url, dead)
  await beat([alive])
  const taken = await alive.takeRefreshes(Date.now(), ALL)
  t.same([...own, ...taken].map(({ id }) => id).toSorted(), ids.toSorted())

  const [first] = late
  const at = Date.now()
  const outcome: Outcome = {
    ...{ type: 'refreshed', token: first?.token ?? '', at, dueAt: at + 60_000 },
    offers: [{ id: 'x', price: 1, items_in_stock: 1 }],
  }
  const before = await alive.product(first?.id ?? '')
  t.same(await dead.settle([outcome]), { refused: [outcome] }, 'it was paused, and is too late')
  t.same(await alive.product(first?.id ?? ''), before)
  t.same(await dead.takeRefreshes(at, ALL), [], 'nothing is left to it')
  t.same(await dead.takeRegistrations(at, 9), [])
})

// Their products were not polled until the clock was again where it had been.
t.test('a dead instance loses its lease even if the database’s clock is put back', async (t) => {
  const url = await postgresDatabase(t)
  const [dead, alive] = [await instance(t, url), await instance(t, url)]
  await beat([dead, alive])
  await catalogue([dead, alive])
  await execute(
    url,
    `UPDATE instances SET until = until + interval '1 day' WHERE id = '${dead.instanceId}'`,
  )
  await beat([alive])
  t.equal(await alive.share(), PRODUCTS)
})

t.test('due times are forgotten if not all of those of a share could be read', async (t) => {
  const url = await postgresDatabase(t)
  const [first, second] = [await instance(t, url), await instance(t, url)]
  await beat([first, second])
  await catalogue([first, second])
  const before = await first.share()
  await second.close()
  const { load } = Work.prototype
  const broken = t.intercept(Work.prototype, 'load', {
    configurable: true,
    async value(this: Work, shards: Iterable<number>) {
      await load.call(this, shards)
      throw new Error('the rest cannot be read')
    },
  })
  await t.rejects(first.renewLease(), { message: 'the rest cannot be read' })
  t.equal(await first.share(), before)
  broken.restore()
  await first.renewLease()
  t.equal(await first.share(), PRODUCTS)
})

t.test('a share whose due times cannot be read is taken at the next beat', async (t) => {
  const url = await postgresDatabase(t)
  const [first, second] = [await instance(t, url), await instance(t, url)]
  await beat([first, second])
  await catalogue([first, second])
  await second.close()
  await execute(url, 'ALTER TABLE polls RENAME COLUMN due_at TO hidden')
  await t.rejects(first.renewLease(), { message: 'The store is unavailable' })
  await execute(url, 'ALTER TABLE polls RENAME COLUMN hidden TO due_at')
  await first.renewLease()
  t.equal(await first.share(), PRODUCTS)
})

t.test('each instance knows the number of instances', async (t) => {
  const url = await postgresDatabase(t)
  const [first, second, third] = [
    await instance(t, url),
    await instance(t, url),
    await instance(t, url),
  ]
  const counts = () => [first, second, third].map(({ instances }) => instances)
  t.same(counts(), [1, 2, 3], 'one that joins counts the others at once')
  await beat([first, second, third])
  t.same(counts(), [3, 3, 3])
  await expire(url, third)
  await second.close()
  await beat([first])
  t.equal(first.instances, 1, 'after one has left and the lease of another is over')
})

t.test('an instance that lost its lease joins again under another id', async (t) => {
  const url = await postgresDatabase(t)
  const [paused, other] = [await instance(t, url), await instance(t, url)]
  await beat([paused, other])
  await catalogue([paused, other])
  const before = paused.instanceId
  await expire(url, paused)
  await beat([other])
  await beat([paused, other, paused])
  t.not(paused.instanceId, before)
  t.same([await paused.share(), await other.share()], [PRODUCTS / 2, PRODUCTS / 2])
})

t.test('a wrong clock neither takes nor loses work', async (t) => {
  const url = await postgresDatabase(t)
  const right = await instance(t, url)
  const wrong = await instance(t, url, { clock: () => Date.now() + 600_000 })
  await beat([right, wrong, right])
  await catalogue([right, wrong])
  t.same([await right.share(), await wrong.share()], [PRODUCTS / 2, PRODUCTS / 2])
  const { rows } = await execute(url, 'SELECT count(*) AS count FROM instances WHERE until > now()')
  t.match(rows, [{ count: 2 }])
})

t.test(
  'an instance that is closed while it renews its lease leaves the others at once',
  async (t) => {
    const url = await postgresDatabase(t)
    const store = await instance(t, url)
    const renewed = store.renewLease()
    await Promise.all([store.close(), renewed])
    t.same((await execute(url, 'SELECT FROM instances')).rows, [])
  },
)

t.test('an instance is closed also if its lease cannot be renewed', async (t) => {
  const url = await postgresDatabase(t)
  const store = await instance(t, url)
  await execute(url, 'ALTER TABLE instances RENAME TO hidden')
  const renewed = t.rejects(store.renewLease(), { message: 'The store is unavailable' })
  await Promise.all([store.close(), renewed])
  t.equal((await execute(url, 'SELECT FROM hidden')).rows.length, 1, 'until its lease ends')
})
