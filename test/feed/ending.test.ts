import t from 'tap'
import { ChangeHub } from '../../feed/hub.ts'

/** A feed that has nothing. */
const feed = {
  lastSeq: 0,
  changes: async () => ({ items: [], lastSeq: 0 }),
  onChanges: () => () => {},
}

t.test('a subscription ends with the first heartbeat after its time', async (t) => {
  const time = { now: 1_000 }
  const hub = new ChangeHub({ store: feed, onError: t.error, now: () => time.now })
  const [brief, endless] = [hub.subscribe({}, 0, 500), hub.subscribe({})]
  t.teardown(() => endless.destroy())
  let text = ''
  brief.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  const ended = new Promise((resolve) => brief.once('end', resolve))
  endless.resume()

  time.now = 1_499
  hub.sendHeartbeats()
  t.equal(hub.size, 2)

  time.now = 1_500
  hub.sendHeartbeats()
  await ended
  t.equal(hub.size, 1, 'and the other goes on')
  t.match(text, 'id: 0', 'its client knows where to resume')
  hub.sendHeartbeats()
  t.notOk(endless.destroyed)
})

t.test('a subscription that still reads what is past ends in time', async (t) => {
  const time = { now: 0 }
  const store = { ...feed, changes: () => new Promise<never>(() => {}) }
  const hub = new ChangeHub({ store, onError: t.error, now: () => time.now })
  const subscription = hub.subscribe({}, 0, 500)
  const ended = new Promise((resolve) => subscription.once('end', resolve))
  subscription.resume()
  time.now = 500
  hub.sendHeartbeats()
  await ended
  t.equal(hub.size, 0)
})
