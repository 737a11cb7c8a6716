import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Test } from 'tap'
import { buildSimulator, PROTOCOL_PREFIX } from '../../simulator/app.ts'
import type { LogEntry } from '../../simulator/served.ts'
import { eventually } from '../helper.ts'

/** How often prices move in the simulator's market, in ms. */
const TICK_MS = 60 * 60 * 1000

const sumOf = (counts: Iterable<number>) => [...counts].reduce((sum, count) => sum + count, 0)

/** The simulator with a gate before it: closed, it lets requests wait. */
export async function startSimulator(t: Test, clock: () => number) {
  const app = buildSimulator({ clock, log: true, tickMs: TICK_MS })
  let waiting: (() => void)[] | null = null
  app.addHook('onRequest', (request, _reply, done) => {
    if (!waiting) return done()
    // A client that was killed in the meantime gets no answer: the log would contain one that was never received.
    waiting.push(() => request.raw.socket.destroyed || done())
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const { port } = app.server.address() as AddressInfo
  const { served } = app.simulator
  const letIn = () => sumOf(Object.values(served.requests))
  const answered = () => sumOf(Object.values(served.statuses).flatMap(Object.values<number>))
  let taken = 0
  return {
    ...app.simulator,
    baseUrl: `http://127.0.0.1:${port}${PROTOCOL_PREFIX}`,
    answered,
    /** The answers since it was asked for them last. */
    takeLog(): LogEntry[] {
      const entries = answered() - taken
      taken += entries
      return entries > 0 ? served.log(entries) : []
    },
    /** Admits no more requests; resolves when all admitted ones are answered. */
    async close(): Promise<void> {
      waiting ??= []
      while (letIn() > answered()) await nextTurn()
    },
    open(): void {
      const released = waiting ?? []
      waiting = null
      for (const enter of released) enter()
    },
    /** Resolves when no connection is left. */
    async deserted(): Promise<void> {
      await eventually(() => {
        const { promise, resolve } = Promise.withResolvers<boolean>()
        app.server.getConnections((_error, count) => resolve(count === 0))
        return promise
      })
    },
  }
}

export type GatedSimulator = Awaited<ReturnType<typeof startSimulator>>
