import { signal } from '@preact/signals'
import { serverTime } from './server-time.ts'

/** The time of the service, epoch ms, updated every second, for the display of ages. */
export const now = signal(serverTime())

setInterval(() => {
  if (!document.hidden) now.value = serverTime()
}, 1000)
