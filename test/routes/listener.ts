import type { OutgoingHttpHeaders } from 'node:http'
import type { Test } from 'tap'
import type { ChangeList } from '../../schemas/change.ts'
import { eventually } from '../helper.ts'
import { follow, type Listener, openStream } from './event-stream.ts'
import { API, type App } from './helper.ts'

export const CHANGES = `${API}/changes`
export const STREAM = `${CHANGES}/stream`
export const NOW = Date.UTC(2026, 10, 22, 8)

export async function page(app: App, query = ''): Promise<ChangeList> {
  const response = await app.inject(`${CHANGES}?${query}`)
  return response.json<ChangeList>()
}

export const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

/** Where an app listens. */
export const listenOn = (app: App) => app.listen({ host: '127.0.0.1', port: 0 })

/** Listens to the stream of an app until the test is over. */
export async function listen(t: Test, app: App, query = '', headers: OutgoingHttpHeaders = {}) {
  return follow(t, await openStream(`${app.listeningOrigin}${STREAM}?${query}`, headers))
}

/** Resolves when a listener has received all changes so far: a heartbeat follows them. */
export async function caughtUp({ store, changeHub }: App, listener: Listener): Promise<void> {
  await eventually(() => changeHub.position >= store.lastSeq)
  const heard = listener.comments
  await eventually(() => {
    changeHub.sendHeartbeats()
    return listener.comments > heard
  })
}
