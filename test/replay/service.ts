/**
 * The service as it ships, in a process of its own, but for its time: the clock stands still unless the
 * parent process moves it, and since that moves it by hours in a second, schedules run faster, too.
 */
import { subscribe } from 'node:diagnostics_channel'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { buildApp, realEnvironment } from '../../app.ts'
import { readConfig } from '../../config/config.ts'

/**
 * What the parent asks: that the service takes note of so many answers, and that then the clock shows
 * another time, or all outcomes are handed to the store; or that it ends.
 */
export type Order = { now: number; answered: number } | { rest: true; answered: number } | 'end'

/** What it is told: first where the service listens, then each time that an order is carried out. */
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
const app = buildApp(readConfig(process.env), { ...realEnvironment, clock: () => time.now })
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
