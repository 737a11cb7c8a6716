import { signal } from '@preact/signals'
import { serverTime } from './server-time.ts'

/** The time by the clock of the service in epoch ms, by the second, for what tells how long ago something was. */
export const now = signal(serverTime())

setInterval(() => {
  if (!document.hidden) now.value = serverTime()
}, 1000)
