import { setTimeout as delay } from 'node:timers/promises'
import type { Fleet } from './fleet.ts'

/** A client of the change stream that resumes at another instance when the connection breaks, as browsers do. */
class Follower {
  readonly #fleet: Fleet
  readonly #ended = new AbortController()
  readonly #seen: Map<number, string>
  #turn: number
  #last: number
  readonly #following: Promise<void>
  readonly faults: string[] = []
  received = 0
  resumed = -1

  /** Begins after the change `after`. `seen` has what any follower received for each `seq`. */
  constructor(fleet: Fleet, turn: number, after: number, seen: Map<number, string>) {
    this.#fleet = fleet
    this.#turn = turn
    this.#last = after
    this.#seen = seen
    this.#following = this.#follow()
  }

  get last(): number {
    return this.#last
  }

  end(): Promise<void> {
    this.#ended.abort()
    return this.#following
  }

  async #follow(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      this.resumed += 1
      try {
        await this.#read(`${this.#fleet.address(this.#turn++)}/api/v1/changes/stream`)
      } catch {
        await delay(100) // The connection broke, or was refused.
      }
    }
  }

  async #read(url: string): Promise<void> {
    const headers = { 'last-event-id': String(this.#last) }
    const { body } = await fetch(url, { headers, signal: this.#ended.signal })
    let rest = ''
    for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = (rest + part).split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) this.#take(event)
    }
  }

  #take(event: string): void {
    const seq = Number(/^id: (\d+)$/m.exec(event)?.[1])
    const data = /^data: (.*)$/m.exec(event)?.[1]
    if (data === undefined) return // A comment, or the position of the stream.
    if (seq !== this.#last + 1) this.faults.push(`${seq} came after ${this.#last}`)
    const other = this.#seen.get(seq)
    if (other === undefined) this.#seen.set(seq, data)
    else if (other !== data) this.faults.push(`${seq} is ${data} here and ${other} elsewhere`)
    this.#last = seq
    this.received += 1
  }
}

/** Starts followers of the change stream, spread over the instances. */
export function startFollowers(fleet: Fleet, count: number, after: number): Follower[] {
  const seen = new Map<number, string>()
  return Array.from({ length: count }, (_, turn) => new Follower(fleet, turn, after, seen))
}
