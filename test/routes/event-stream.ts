import { once } from 'node:events'
import { get, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { finished } from 'node:stream/promises'
import type { Test } from 'tap'
import type { Change } from '../../schemas/change.ts'

/** An event as it came. */
export interface StreamEvent {
  id: string
  event: string
  data: string
}

/** Takes a stream of server-sent events apart, as the HTML standard has it in section 9.2. */
export class EventParser {
  /** How many comments came. */
  comments = 0
  /** The fields of the blocks that had no data, such as `retry`. */
  readonly others: string[] = []
  #rest = ''

  /** The events that are whole with this text. */
  take(text: string): StreamEvent[] {
    const blocks = (this.#rest + text).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    return blocks.flatMap((block) => this.#event(block) ?? [])
  }

  #event(block: string): StreamEvent | undefined {
    const fields: Partial<StreamEvent> & Record<string, string> = {}
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':')
      if (colon === 0) this.comments += 1
      else fields[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, '')
    }
    const { id, event, data } = fields
    if (id !== undefined && event !== undefined && data !== undefined) return { id, event, data }
    for (const [name, value] of Object.entries(fields)) this.others.push(`${name}: ${value}`)
  }
}

/** Opens a stream on a connection of its own; nothing is read from it yet. */
export async function openStream(
  url: string,
  headers: OutgoingHttpHeaders = {},
): Promise<IncomingMessage> {
  const request = get(url, { agent: false, headers })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.setEncoding('utf8')
  return response
}

/** A client that listens to a stream. */
export interface Listener extends Pick<EventParser, 'comments' | 'others'> {
  response: IncomingMessage
  events: StreamEvent[]
  /** The `id` of each event so far. */
  ids(): number[]
  /** The `data` of each event so far. */
  changes(): Change[]
  /** Resolves when it is over: whether the answer was whole, not broken off. */
  closed: Promise<boolean>
}

/** Reads a stream until it ends or the test is over. */
export function follow(t: Test, response: IncomingMessage): Listener {
  t.teardown(() => response.destroy())
  const parser = new EventParser()
  const events: StreamEvent[] = []
  response.on('data', (text: string) => events.push(...parser.take(text)))
  return {
    response,
    events,
    get comments() {
      return parser.comments
    },
    others: parser.others,
    ids: () => events.map(({ id }) => Number(id)),
    changes: () => events.map(({ data }) => JSON.parse(data) as Change),
    closed: finished(response).then(
      () => response.complete,
      () => false,
    ),
  }
}
