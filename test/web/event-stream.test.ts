import t from 'tap'
import { EventStreamParser, type ServerEvent } from '../../web/event-stream.ts'

const event = (data: string, type = 'message'): ServerEvent => ({ type, data })

const streams: [what: string, text: string, events: ServerEvent[]][] = [
  ['an event', 'data: one\n\n', [event('one')]],
  ['an event with a type', 'event: add\ndata: one\n\n', [event('one', 'add')]],
  [
    'two events, the type of the first alone',
    'event: add\ndata: 1\n\ndata: 2\n\n',
    [event('1', 'add'), event('2')],
  ],
  ['data in several lines', 'data: one\ndata: two\ndata\ndata:\n\n', [event('one\ntwo\n\n')]],
  ['no blank behind the colon', 'data:one\n\n', [event('one')]],
  ['two blanks behind the colon', 'data:  one\n\n', [event(' one')]],
  ['colons in the data', 'data: a:b: c\n\n', [event('a:b: c')]],
  [
    'line separators that are none of the format',
    'data: a\u2028b\u0085c\n\n',
    [event('a\u2028b\u0085c')],
  ],
  ['empty data', 'data\n\n', [event('')]],
  ['a comment', ': hello\ndata: one\n:\n\n', [event('one')]],
  ['a type without data', 'event: add\n\ndata: one\n\n', [event('one')]],
  ['fields that nobody knows', 'Data: one\nfoo: bar\ndata : x\n\n', []],
  ['blank lines alone', '\n\n\n', []],
  ['an event that is not whole', 'data: one\n', []],
]
for (const [what, text, events] of streams) {
  t.test(`a stream with ${what}`, async (t) => {
    for (const end of ['\n', '\r\n', '\r']) {
      const stream = text.replaceAll('\n', end)
      t.strictSame(new EventStreamParser().take(stream), events, 'in one piece')
      const parser = new EventStreamParser()
      const pieces = Array.from(stream, (piece) => parser.take(piece)).flat()
      t.strictSame(pieces, events, 'a character at a time')
    }
  })
}

t.test('lines may end in all three ways in one stream', async (t) => {
  const parser = new EventStreamParser()
  t.strictSame(parser.take('data: 1\r\ndata: 2\rdata: 3\n\rdata: 4\r\n\n'), [
    event('1\n2\n3'),
    event('4'),
  ])
})

t.test('a line feed that belongs to the piece before ends no line', async (t) => {
  const parser = new EventStreamParser()
  t.strictSame(parser.take('data: 1\r'), [])
  t.strictSame(parser.take(''), [])
  t.strictSame(parser.take('\ndata: 2\r'), [])
  t.strictSame(parser.take('\n\r'), [event('1\n2')])
  t.strictSame(parser.take('\n\r\n'), [])
})

const ids: [what: string, text: string, id: string][] = [
  ['no id', 'data: one\n\n', '7'],
  ['an id', 'id: 8\ndata: one\n\n', '8'],
  ['an id that stays for the events behind it', 'id: 8\ndata: one\n\ndata: two\n\n', '8'],
  ['an id without data', ':\nid: 9\n\n', '9'],
  ['an id that is not whole', 'id: 8\n\nid: 9\n', '8'],
  ['an id with a NUL', 'id: 8\0\n\n', '7'],
  ['an empty id', 'id\ndata: one\n\n', ''],
]
for (const [what, text, id] of ids) {
  t.test(`behind ${what} it resumes behind ${id || 'nothing'}`, async (t) => {
    const parser = new EventStreamParser('7')
    parser.take(text)
    t.equal(parser.lastEventId, id)
  })
}

t.test('a stream without a position begins now', async (t) => {
  t.equal(new EventStreamParser().lastEventId, '')
})

const waits: [text: string, ms: number | undefined][] = [
  ['data: one\n\n', undefined],
  ['retry: 2000\n', 2000],
  ['retry: 2000\nretry: soon\nretry: -1\nretry: 1.5\nretry\n', 2000],
]
for (const [text, ms] of waits) {
  t.test(`${JSON.stringify(text)} asks for a wait of ${ms} ms`, async (t) => {
    const parser = new EventStreamParser()
    parser.take(text)
    t.equal(parser.retryMs, ms)
  })
}
