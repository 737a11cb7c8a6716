import t, { type Test } from 'tap'
import type { ProductInput } from '../../import-export/fields.ts'
import {
  type BatchAnswer,
  type ImportOptions,
  type ImportProgress,
  importProducts,
  type Refusal,
  tallyOf,
} from '../../import-export/import.ts'
import { eventually, startApp } from '../helper.ts'
import { listAll, NO_UPSTREAM, PRODUCTS } from '../routes/helper.ts'
import { chunksOf } from './helper.ts'

const created = (items: object[]): BatchAnswer => items.map((_, index) => ({ index, product: {} }))

/** Imports a file through `send`. Returns what was sent and reported. */
function start(file: string, options: Partial<ImportOptions> = {}) {
  const sent: ProductInput[][] = []
  const progress: ImportProgress[] = []
  const refusals: Refusal[] = []
  const { send = async (items) => created(items) } = options
  const done = importProducts({
    chunks: chunksOf(file, 65_536),
    format: 'csv',
    onProgress: (now) => progress.push(now),
    onRefusal: (refusal) => refusals.push(refusal),
    ...options,
    send(items) {
      sent.push(items)
      return send(items)
    },
  })
  return { sent, progress, refusals, done }
}

const csv = (rows: number) => `name\n${Array.from({ length: rows }, (_, n) => `p${n}\n`).join('')}`

/** The end of this many rows of such a file. */
const end = (rows: number) => csv(rows).length

t.test('products are sent in batches of 1,000, and progress is reported after each', async (t) => {
  const file = `${csv(2500)}\n\n`
  const { sent, progress, done } = start(file)
  t.strictSame(await done, {
    bytes: file.length,
    created: 2500,
    updated: 0,
    skipped: 0,
    refused: 0,
    nextLine: 2502,
  })
  t.strictSame(
    sent.map((items) => items.length),
    [1000, 1000, 500],
  )
  t.match(sent[2]?.[0], { name: 'p2000', description: undefined })
  t.strictSame(progress, [
    { bytes: end(1000), created: 1000, updated: 0, skipped: 0, refused: 0, nextLine: 1002 },
    { bytes: end(2000), created: 2000, updated: 0, skipped: 0, refused: 0, nextLine: 2002 },
    { bytes: end(2500), created: 2500, updated: 0, skipped: 0, refused: 0, nextLine: 2502 },
    { bytes: file.length, created: 2500, updated: 0, skipped: 0, refused: 0, nextLine: 2502 },
  ])
})

t.test('batches have at most 8 MB of JSON', async (t) => {
  const object = (length: number) =>
    JSON.stringify({ name: 'x'.repeat(length - '{"name":""}'.length) })
  const files: [lengths: number[], batches: number[]][] = [
    [Array(20).fill(1_000_000), [8, 8, 4]],
    [Array(20).fill(1_000_001), [7, 7, 6]],
    [
      [...Array(8).fill(1_000_000), 11, 1_000_000],
      [8, 2],
    ],
  ]
  for (const [lengths, batches] of files) {
    const { sent, done } = start(lengths.map(object).join('\n'), { format: 'ndjson' })
    await done
    t.strictSame(
      sent.map((items) => items.length),
      batches,
    )
  }
})

t.test(
  'what is escaped in JSON counts with its escapes, and a batch has one product at least',
  async (t) => {
    const { sent, done } = start(`name\n${`${'\u0001'.repeat(800_000)}\n`.repeat(3)}`)
    await done
    t.strictSame(
      sent.map((items) => items.length),
      [1, 1, 1],
    )
  },
)

t.test('nothing is sent where there is nothing to send', async (t) => {
  const { sent, progress, done } = start('name\n')
  t.strictSame(await done, {
    bytes: 5,
    created: 0,
    updated: 0,
    skipped: 0,
    refused: 0,
    nextLine: 1,
  })
  t.strictSame(sent, [])
  t.equal(progress.length, 1)

  const bad = start('name\na,b\n"c')
  t.strictSame(await bad.done, {
    bytes: 11,
    created: 0,
    updated: 0,
    skipped: 0,
    refused: 2,
    nextLine: 4,
  })
  t.strictSame(bad.sent, [])
})

t.test('a file of refused rows does not fill the memory', async (t) => {
  const { progress, done } = start(`name\n${'a,b\n'.repeat(3000)}`)
  await done
  t.strictSame(
    progress.map(({ refused }) => refused),
    [1000, 2000, 3000, 3000],
  )
})

t.test('refusals of the file and of the API come in the order of the file', async (t) => {
  const { progress, refusals, done } = start('name,description\n,1\n"a"b,2\nc,3\nd,4,5\n"",6\n', {
    async send(items) {
      return items.map(({ name }, index) =>
        name === '' ? { index, error: { message: 'no name' } } : { index, product: {} },
      )
    },
  })
  t.match(await done, { created: 1, updated: 0, skipped: 0, refused: 4, nextLine: 7 })
  t.strictSame(
    refusals.map(({ line, name, message }) => [line, name, message.slice(0, 12)]),
    [
      [2, '', 'no name'],
      [3, undefined, 'The quotes i'],
      [5, undefined, 'This row has'],
      [6, '', 'no name'],
    ],
  )
  t.equal(progress[0]?.refused, 4)
})

t.test('a name that is not text is not shown', async (t) => {
  const send = async () => [{ index: 0, error: { message: 'must be string' } }]
  const { refusals, done } = start('{"name":5}', { format: 'ndjson', send })
  await done
  t.strictSame(refusals, [{ line: 1, name: undefined, message: 'must be string' }])
})

t.test('it continues from a line', async (t) => {
  const file = 'name,description\na,"1\n2"\nb,3\nbad,4,5\nc,6\n'
  const names = async (fromLine: number) => {
    const { sent, refusals, done } = start(file, { fromLine })
    const { nextLine } = await done
    return [
      sent
        .flat()
        .map(({ name }) => name)
        .join(),
      refusals.length,
      nextLine,
    ]
  }
  t.strictSame(await names(1), ['a,b,c', 1, 7])
  t.strictSame(await names(2), ['a,b,c', 1, 7])
  t.strictSame(await names(3), ['b,c', 1, 7], 'in the middle of a record')
  t.strictSame(await names(5), ['c', 1, 7])
  t.strictSame(await names(6), ['c', 0, 7])
  t.strictSame(await names(99), ['', 0, 99])
})

/** Calls of `send` that wait until they are answered. */
function holdUp() {
  const waiting: ((answer: 'create' | Error) => void)[] = []
  const send = (items: object[]) =>
    new Promise<BatchAnswer>((resolve, reject) => {
      waiting.push((answer) => (answer === 'create' ? resolve(created(items)) : reject(answer)))
    })
  return { waiting, send }
}

t.test('one batch is under way at a time, and the next one is read meanwhile', async (t) => {
  const { waiting, send } = holdUp()
  let read = 0
  async function* chunks() {
    for await (const chunk of chunksOf(csv(10_000), 1000)) {
      read += chunk.length
      yield chunk
    }
  }
  const { done, progress } = start('', { chunks: chunks(), send })
  await eventually(() => read >= end(2000))
  t.equal(waiting.length, 1)
  t.strictSame(progress, [])
  waiting[0]?.('create')
  await eventually(() => waiting.length === 2)
  t.ok(read < end(3300), 'no more than one batch ahead')
  t.match(progress, [{ created: 1000, nextLine: 1002 }])
  waiting[1]?.(new Error('gone'))
  await t.rejects(done, { message: 'gone' })
  t.equal(waiting.length, 2)
  t.match(progress, [{ created: 1000, nextLine: 1002 }])
})

t.test('a file that can no longer be read ends the import after the batch in flight', async (t) => {
  const { waiting, send } = holdUp()
  const file = Buffer.concat([Buffer.from(csv(1500)), Uint8Array.of(0xff)])
  const { done, progress } = start('', { chunks: chunksOf(file), send })
  const ended = t.rejects(done, { message: 'Line 1502 is not valid UTF-8' })
  await eventually(() => waiting.length === 1)
  waiting[0]?.('create')
  await ended
  t.match(progress, [{ created: 1000, nextLine: 1002 }])
})

t.test('the file is closed where the service fails', async (t) => {
  let closed = false
  async function* chunks() {
    try {
      yield* chunksOf(csv(5000), 1000)
    } finally {
      closed = true
    }
  }
  const send = () => Promise.reject(new Error('gone'))
  await t.rejects(start('', { chunks: chunks(), send }).done, { message: 'gone' })
  t.equal(closed, true)
})

async function sendTo(t: Test) {
  const app = await startApp(t, NO_UPSTREAM)
  const send = async (items: object[]) => {
    const answer = await app.inject({
      method: 'POST',
      url: `${PRODUCTS}/batch`,
      payload: { items },
    })
    return answer.json<{ items: BatchAnswer }>().items
  }
  return { app, send }
}

t.test('through the API, the valid rows of a file become products', async (t) => {
  const { app, send } = await sendTo(t)
  const file = [
    'id;name;description',
    '1;" Sekačka ";"a ""silent""\r\none"',
    "2;'=1+1;'-5",
    '3;;no name',
    `4;${'x'.repeat(256)};`,
    '5;"🛒"',
  ].join('\r\n')
  const { refusals, done } = start(file, { send })
  t.match(await done, { created: 3, refused: 2 })
  t.strictSame(
    (await listAll(app, 'sort=created_at')).map(({ name, description }) => [name, description]),
    [
      ['Sekačka', 'a "silent"\r\none'],
      ['=1+1', '-5'],
      ['🛒', ''],
    ],
  )
  t.match(refusals, [
    { line: 5, name: '', message: /^Give the product a name/ },
    { line: 6, name: 'x'.repeat(256) },
  ])
})

t.test('updated and skipped products are counted separately', async (t) => {
  const { done } = start('name\na\nb\nc\nd"\n', {
    send: async () => [
      { index: 0, status: 'created' },
      { index: 1, status: 'updated' },
      { index: 2, status: 'skipped' },
    ],
  })
  const progress = await done
  t.match(progress, { created: 1, updated: 1, skipped: 1, refused: 1 })
  t.equal(tallyOf(progress, String), '1 created, 1 updated, 1 skipped, 1 refused')
})
