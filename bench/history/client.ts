/**
 * A client of the service, in a process of its own: `ask` asks for a URL all the time, `drain` reads it once. It says
 * when it is ready, begins at the first message, and answers with what it measured.
 */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { megabytes } from './figures.ts'

/** Reads all that a URL gives. */
async function drain(url: string) {
  let [bytes, rows] = [0, 0]
  for await (const chunk of (await fetch(url)).body ?? []) {
    bytes += chunk.length
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows += 1
  }
  return { rows, megabytes: megabytes(bytes) }
}

/** Asks for a URL each 5 ms until told to end, and gives what each answer took, in ms. */
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
