/**
 * The service as it ships, in a process of its own, but for its clock: that stands still unless the
 * parent process moves it.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { buildApp, realEnvironment } from '../../app.ts'
import { readConfig } from '../../config.ts'

/** What the parent asks: that the clock shows a time, for a beat, or for the end. */
export type Order = { now: number } | 'beat' | 'end'

/** What it is told: first where the service listens, then each order when it is carried out. */
export type Report = { url: string } | Order

/** The refresher looks for work so often, so that within a beat it starts what has become due. */
const BEAT_MS = 100

let now = Number(process.env.NOW)
const app = buildApp(readConfig(process.env), { ...realEnvironment, clock: () => now })
const report = (what: Report) => process.send?.(what)

process.on('message', async (order: Order) => {
  if (order === 'end') {
    await app.close()
    process.disconnect?.()
    return
  }
  if (order === 'beat') await delay(BEAT_MS)
  else now = order.now
  report(order)
})
// Without its parent there is nothing left to do.
process.on('disconnect', () => process.exit())

report({ url: await app.listen({ host: '127.0.0.1', port: 0 }) })
