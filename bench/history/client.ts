/**
 * A client of the service in a process of its own: `ask` requests a URL again and again, `drain` reads it once. It
 * sends a message when it is ready, begins when it receives one, and replies with its measurements.
 */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { megabytes } from './figures.ts'

/** Reads the whole answer of a URL. */
async function drain(url: string) {
  let [bytes, rows] = [0, 0]
  for await (const chunk of (await fetch(url)).body ?? []) {
    bytes += chunk.length
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows += 1
  }
  return { rows, megabytes: megabytes(bytes) }
}

/** Requests a URL every 5 ms until it receives a message, and returns the time of each answer in ms. */
async function ask(url: string): Promise<number[]> {
  const times: number[] = []
  let ended = false
  process.once('message', () => {
    ended = true
  })
  while (!ended) {
    const began = performance.now()
    await fetch(url).then((response) => response.text())
    times.push(performance.now() - began)
    await delay(5)
  }
  return times
}

const [as, url = ''] = process.argv.slice(2)
await fetch(new URL('/health/live', url)).then((response) => response.text())
process.send?.('ready')
await once(process, 'message')
process.send?.(await (as === 'ask' ? ask(url) : drain(url)))
process.disconnect?.()
