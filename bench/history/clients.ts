import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

const PROGRAM = new URL('client.ts', import.meta.url)

/** Starts a client in a process of its own. */
export const startClient = (as: 'ask' | 'drain', url: string) => fork(PROGRAM, [as, url])

/** Sends a message to a client, and resolves with its reply. */
export async function result<T>(client: ChildProcess, word: string): Promise<T> {
  const answer = once(client, 'message') as Promise<[T]>
  client.send(word)
  return (await answer)[0]
}
