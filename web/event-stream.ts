/** A server-sent event. */
export interface ServerEvent {
  type: string
  data: string
}

/**
 * Parses a stream of server-sent events (HTML standard, section 9.2.6). It takes the text of one connection,
 * without a byte order mark.
 */
export class EventStreamParser {
  /** The id to resume after; empty before the first one. */
  lastEventId: string
  /** How long the server asked to wait before reconnecting, in ms; undefined if it did not ask. */
  retryMs: number | undefined
  #line = ''
  #afterCarriageReturn = false
  #id: string
  #type = ''
  #data: string[] = []

  /** `lastEventId` is the id that this connection resumes after. */
  constructor(lastEventId = '') {
    this.lastEventId = lastEventId
    this.#id = lastEventId
  }

  /** Takes the next piece of the stream. Returns the events that it completes. */
  take(text: string): ServerEvent[] {
    if (text === '') return []
    // The LF of a CR LF can arrive in the next piece, where it does not end another line.
    const rest = this.#afterCarriageReturn && text.startsWith('\n') ? text.slice(1) : text
    this.#afterCarriageReturn = text.endsWith('\r')
    const [first = '', ...others] = rest.split(/\r\n|\n|\r/)
    const lines = [this.#line + first, ...others]
    this.#line = String(lines.pop())
    return lines.flatMap((line) => (line === '' ? this.#dispatch() : this.#takeField(line)))
  }

  #takeField(line: string): [] {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') this.#type = value
    else if (name === 'data') this.#data.push(value)
    else if (name === 'id' && !value.includes('\0')) this.#id = value
    else if (name === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value)
    return []
  }

  /** A blank line ends an event. An event without data is not dispatched, but its id counts. */
  #dispatch(): ServerEvent[] {
    const [type, data] = [this.#type, this.#data]
    this.lastEventId = this.#id
    this.#type = ''
    this.#data = []
    return data.length === 0 ? [] : [{ type: type || 'message', data: data.join('\n') }]
  }
}
