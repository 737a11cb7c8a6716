/** A receiver of webhooks in a thread of its own. It verifies nothing, and counts what arrives at each path. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isMainThread, type MessagePort, parentPort, Worker } from 'node:worker_threads'

/** What arrived at a path. */
interface Arrived {
  messages: number
  /** The number of different changes. */
  changes: number
  /** The number of changes that arrived again. */
  repeated: number
  /** How often changes were missing between two that arrived. */
  gaps: number
  lastSeq: number
  /** When the last message arrived, in epoch ms. */
  lastAt: number
}

const NOTHING: Arrived = { messages: 0, changes: 0, repeated: 0, gaps: 0, lastSeq: 0, lastAt: 0 }

/** A path at which requests are never answered. */
export const HANGING = '/hanging'

function count(before: Arrived, body: string): Arrived {
  const arrived = { ...before, messages: before.messages + 1, lastAt: Date.now() }
  for (const [, text] of body.matchAll(/"seq":(\d+)/g)) {
    const seq = Number(text)
    if (seq <= arrived.lastSeq) {
      arrived.repeated += 1
      continue
    }
    if (arrived.changes > 0 && seq !== arrived.lastSeq + 1) arrived.gaps += 1
    arrived.changes += 1
    arrived.lastSeq = seq
  }
  return arrived
}

/** Starts the receiver. It replies to each message from the other thread with what has arrived so far. */
async function receive(port: MessagePort): Promise<void> {
  const all = new Map<string, Arrived>()
  const server = createServer((request, response) => {
    const { url = '' } = request
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      all.set(url, count(all.get(url) ?? NOTHING, Buffer.concat(chunks).toString()))
      if (url !== HANGING) response.writeHead(204).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port.postMessage((server.address() as AddressInfo).port)
  port.on('message', () => port.postMessage(all))
}

/** A receiver that ends when it is disposed of. */
export interface Receiver extends AsyncDisposable {
  url: string
  /** What has arrived so far, by path. Calls must not overlap. */
  arrived(): Promise<(path: string) => Arrived>
}

export async function startReceiver(): Promise<Receiver> {
  const worker = new Worker(new URL(import.meta.url))
  const [port] = await once(worker, 'message')
  return {
    url: `http://127.0.0.1:${port}`,
    async arrived() {
      worker.postMessage('what arrived?')
      const [all]: Map<string, Arrived>[] = await once(worker, 'message')
      return (path) => all?.get(path) ?? NOTHING
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate()
    },
  }
}

if (!isMainThread && parentPort) await receive(parentPort)
