/** What a server sent: an event of some type, with its data. */
export interface ServerEvent {
  type: string
  data: string
}

/**
 * Takes a stream of server-sent events apart, as the HTML standard has it in section 9.2.6. It wants
 * the text of one connection, without a byte order mark.
 */
export class EventStreamParser {
  /** What to resume behind; empty where the server named nothing yet. */
  lastEventId: string
  /** How long the server wants a client to wait before it resumes, in ms; undefined: it did not say. */
  retryMs: number | undefined
  #line = ''
  #afterCarriageReturn = false
  #id: string
  #type = ''
  #data: string[] = []

  /** `lastEventId` is what this connection resumes behind. */
  constructor(lastEventId = '') {
    this.lastEventId = lastEventId
    this.#id = lastEventId
  }

  /** The events that are whole with this piece of the stream. */
  take(text: string): ServerEvent[] {
    if (text === '') return []
    // The line feed of a CRLF can come with the next piece; it ends no line of its own.
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

  /** A blank line ends an event. Without data there is none, but its id counts all the same. */
  #dispatch(): ServerEvent[] {
    const [type, data] = [this.#type, this.#data]
    this.lastEventId = this.#id
    this.#type = ''
    this.#data = []
    return data.length === 0 ? [] : [{ type: type || 'message', data: data.join('\n') }]
  }
}
