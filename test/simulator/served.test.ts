import t from 'tap'
import { createServed, LOG_SIZE, type LogEntry, SECONDS_KEPT } from '../../simulator/served.ts'

const entry = (at: number): LogEntry => ({
  at,
  call: 'offers',
  product: 'p',
  status: 200,
  body: '[]',
})

t.test('counts requests by call and answers by status', async (t) => {
  const served = createServed(false)
  served.arrived('auth', 0)
  served.arrived('offers', 0)
  served.arrived('offers', 0)
  served.answered({ ...entry(0), call: 'auth', status: 201 })
  served.answered(entry(0))
  served.answered({ ...entry(0), status: 404 })
  served.answered({ ...entry(0), status: 404 })
  t.same(served.requests, { auth: 1, register: 0, offers: 2 })
  t.same(served.statuses, { auth: { 201: 1 }, register: {}, offers: { 200: 1, 404: 2 } })
})

t.test('counts requests for offers by second, for ten minutes', async (t) => {
  const served = createServed(false)
  served.arrived('offers', 1_000)
  served.arrived('offers', 1_999)
  served.arrived('register', 2_000)
  served.arrived('offers', 3_000)
  t.same(served.seconds(3_000), [
    [1, 2],
    [3, 1],
  ])
  t.same(served.seconds((1 + SECONDS_KEPT) * 1000 - 1), [
    [1, 2],
    [3, 1],
  ])
  t.same(served.seconds((1 + SECONDS_KEPT) * 1000), [[3, 1]])
  served.arrived('offers', (3 + SECONDS_KEPT) * 1000)
  t.same(served.seconds(0), [[3 + SECONDS_KEPT, 1]])
})

t.test('keeps no log unless it is on', async (t) => {
  const served = createServed(false)
  served.answered(entry(1))
  served.keepLog = true
  served.answered(entry(2))
  t.same(served.log(), [entry(2)])
})

t.test('the log gives the latest, oldest first', async (t) => {
  const served = createServed(true)
  for (const at of [1, 2, 3]) served.answered(entry(at))
  t.same(
    served.log(2).map(({ at }) => at),
    [2, 3],
  )
  t.same(
    served.log().map(({ at }) => at),
    [1, 2, 3],
  )
})

t.test('a full log drops the oldest', async (t) => {
  const served = createServed(true)
  for (let at = 0; at < LOG_SIZE + 3; at++) served.answered(entry(at))
  const log = served.log()
  t.equal(log.length, LOG_SIZE)
  t.equal(log[0]?.at, 3)
  t.equal(log.at(-1)?.at, LOG_SIZE + 2)
  t.ok(log.every(({ at }, index) => at === index + 3))
})

t.test('a reset forgets all and puts the switch of the log back', async (t) => {
  const served = createServed(false)
  served.keepLog = true
  served.arrived('offers', 1_000)
  served.answered(entry(1))
  served.reset()
  t.same(served.requests, { auth: 0, register: 0, offers: 0 })
  t.same(served.statuses, { auth: {}, register: {}, offers: {} })
  t.same(served.seconds(1_000), [])
  t.same(served.log(), [])
  t.equal(served.keepLog, false)
})
