/**
 * The service as it ships, in a process of its own, except for its time: the clock stands still unless the parent
 * process moves it. The parent moves it by hours in a second, so timers run faster as well.
 */
import { subscribe } from 'node:diagnostics_channel'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { buildApp, realEnvironment } from '../../app.ts'
import { readConfig } from '../../config/config.ts'

/**
 * An order of the parent: wait until this many calls have ended, then set the clock or hand all outcomes to the
 * store; or end.
 */
export type Order = { now: number; answered: number } | { rest: true; answered: number } | 'end'

/** A report to the parent: first where the service listens, then `done` after each order. */
export type Report = { url: string } | 'done'

const SPEED = 100

/** In this time the refresher, which looks for work every 100 ms, has started what became due. */
const BEAT_MS = 2

/** In this time outcomes, which gather for 50 ms, are handed to the store. */
const REST_MS = 60

const { setInterval } = globalThis
Reflect.set(globalThis, 'setInterval', (run: () => void, ms: number) =>
  setInterval(run, ms / SPEED),
)

const calls = { ended: 0 }
for (const end of ['undici:request:trailers', 'undici:request:error']) {
  subscribe(end, () => {
    calls.ended += 1
  })
}

const time = { now: Number(process.env.NOW) }
const clock = () => time.now
const app = buildApp(readConfig(process.env), { ...realEnvironment, clock, databaseClock: clock })
const report = (what: Report) => process.send?.(what)

process.on('message', async (order: Order) => {
  if (order === 'end') {
    await app.close()
    process.disconnect?.()
    return
  }
  while (calls.ended < order.answered) await nextTurn()
  await nextTurn() // Whoever waited for the last answer has the time of it.
  if ('now' in order) time.now = order.now
  await delay('now' in order ? BEAT_MS : REST_MS)
  report('done')
})
// Without its parent there is nothing left to do.
process.on('disconnect', () => process.exit())

report({ url: await app.listen({ host: '127.0.0.1', port: 0 }) })
