import t from 'tap'
import { ByteReader, ByteWriter } from '../../../db/encoding/bytes.ts'
import { Chunk, encodeOpening, encodePoll } from '../../../db/encoding/chunk.ts'
import type { OfferChange, OfferState, PolledOffer } from '../../../history/offer-state.ts'
import { HOUR_MS, MINUTE_MS } from '../../../history/time.ts'
import { change, hex, MAX, offer, START } from './offers.ts'

// Numbers as bytes.

const uints: [value: number, bytes: string][] = [
  [0, '00'],
  [1, '01'],
  [127, '7f'],
  [128, '8001'],
  [300, 'ac02'],
  [16_383, 'ff7f'],
  [16_384, '808001'],
  [41_900, 'acc702'],
  [60_000, 'e0d403'],
  [2 ** 31 - 1, 'ffffffff07'],
  [2 ** 31, '8080808008'],
  [2 ** 32, '8080808010'],
  [2 ** 49 - 1, 'ffffffffffff7f'],
  [2 ** 49, '8080808080808001'],
  [MAX, 'ffffffffffffff0f'],
]
for (const [value, bytes] of uints) {
  t.test(`${value} is written as ${bytes.length / 2} bytes and read again`, async (t) => {
    const written = new ByteWriter().uint(value).bytes()
    t.equal(hex(written), bytes)
    const reader = new ByteReader(written)
    t.equal(reader.uint(), value)
    t.equal(reader.done, true)
  })
}

const floats: [value: number, bytes: string][] = [
  [0, '0000000000000000'],
  [1, '000000000000f03f'],
  [0.1, '9a9999999999b93f'],
  [MAX * HOUR_MS, 'ffffffff3f779b44'],
]
for (const [value, bytes] of floats) {
  t.test(`${value} is written as a double and read again`, async (t) => {
    const written = new ByteWriter().float(value).bytes()
    t.equal(hex(written), bytes)
    t.equal(new ByteReader(written).float(), value)
  })
}

t.test('the writer grows for numbers of all sizes, and they are read in order', async (t) => {
  const writer = new ByteWriter()
  const values = Array.from({ length: 2000 }, (_, index) => 2 ** (index % 53) + (index % 3))
  for (const [index, value] of values.entries()) {
    if (index % 5 === 0) writer.float(value)
    else writer.uint(value)
  }
  const bytes = writer.bytes()
  const reader = new ByteReader(bytes)
  const found = values.map((_, index) => (index % 5 === 0 ? reader.float() : reader.uint()))
  t.strictSame(found, values)
  t.equal(reader.done, true)
})

for (const length of [0, 1, 247, 248, 249, 255, 256, 257, 511, 512]) {
  t.test(`the largest numbers fit after ${length} bytes`, async (t) => {
    const written = () => {
      const writer = new ByteWriter()
      for (let count = 0; count < length; count++) writer.uint(1)
      return writer
    }
    const before = '01'.repeat(length)
    t.equal(hex(written().uint(MAX).bytes()), `${before}ffffffffffffff0f`)
    t.equal(hex(written().float(0.1).bytes()), `${before}9a9999999999b93f`)
  })
}

t.test('bytes that the writer returned do not change when it continues', async (t) => {
  const writer = new ByteWriter().uint(1)
  const before = writer.bytes()
  before[0] = 9
  t.equal(hex(writer.uint(2).bytes()), '0102')
  t.equal(hex(before), '09')
})

t.test('bytes within a larger buffer are read from their own beginning', async (t) => {
  const { buffer } = Uint8Array.from([9, 9, 9, ...new ByteWriter().uint(300).float(0.1).bytes(), 9])
  const reader = new ByteReader(new Uint8Array(buffer, 3, 10))
  t.equal(reader.uint(), 300)
  t.equal(reader.float(), 0.1)
  t.equal(reader.done, true)
})

t.test('no bytes are done at once', async (t) => {
  t.equal(new ByteReader(new ByteWriter().bytes()).done, true)
})

// What polls found changed.

/** A poll: the time since the one before, and the offers that changed. */
type Poll = [ms: number, changes: OfferChange[]]

function chunkOf(onSale: OfferState[], since: number, polls: Poll[]): Buffer {
  const encoded = polls.map(([ms, changes]) => encodePoll(ms, changes))
  return Buffer.concat([encodeOpening(onSale, since), ...encoded])
}

/** What `nextAt` is at the end of a chunk. */
const END = Number.POSITIVE_INFINITY

const stateOf = ({ event, ...state }: PolledOffer): OfferState => state

const onSaleIn = (chunk: Chunk) => chunk.onSale.map(stateOf)

/** Reads the next poll, and gives it as it was written. */
function readPoll(chunk: Chunk): OfferChange[] {
  const before = new Map(onSaleIn(chunk).map((offer) => [offer.number, offer]))
  chunk.next()
  return chunk.changed.map((offer) => ({
    number: offer.number,
    before: before.get(offer.number) ?? null,
    now: offer.event === 'delisted' ? null : stateOf(offer),
  }))
}

t.test('a chunk has these bytes, and reads poll by poll', async (t) => {
  const [first, second, third] = [START, START + MINUTE_MS, START + 3 * MINUTE_MS]
  const one = offer(1, 41_900, 12, START - MINUTE_MS)
  const two = offer(2, 300, 0, START - 1, 250)
  const oneLowered = offer(1, 41_600, 11, first, 41_900)
  const three = offer(3, 128, 5, first, 127)
  const oneRestocked = offer(1, 41_600, 10, second, 41_900)
  const twoRaised = offer(2, 427, 7, third)

  const polls: Poll[] = [
    [0, [change(one, oneLowered), change(null, three)]],
    [MINUTE_MS, [change(oneLowered, oneRestocked)]],
    [2 * MINUTE_MS, [change(two, twoRaised), change(three, null)]],
  ]
  const bytes = chunkOf([one, two], START, polls)
  t.equal(
    hex(bytes),
    [
      '02', // On sale:
      ...['01', 'acc702', '0c', 'e0d403', '00'],
      ...['02', 'ac02', '00', '01', 'fb01'],
      ...['00', '02'], // The first poll: two changes.
      ...['0a', 'ac02', '0b', 'adc702'], // 1 lowered by 300, from 41,900.
      ...['18', '8001', '05', '8001'], // 3 listed.
      ...['e0d403', '01'], // A minute later: one change.
      ...['0b', '0a'], // 1 restocked.
      ...['c0a907', '02'], // Two minutes later: two changes.
      ...['11', '7f', '07'], // 2 raised by 127.
      '1c', // 3 delisted.
    ].join(''),
  )

  const chunk = new Chunk(START, bytes)
  const events = () => chunk.changed.map(({ event }) => event)
  t.strictSame([chunk.nextAt, onSaleIn(chunk)], [first, [one, two]])
  t.strictSame(readPoll(chunk), polls[0]?.[1])
  t.strictSame(events(), ['changed', 'listed'])
  t.strictSame([chunk.nextAt, onSaleIn(chunk)], [second, [oneLowered, two, three]])
  t.strictSame(readPoll(chunk), polls[1]?.[1])
  t.strictSame(events(), ['changed'])
  t.strictSame([chunk.nextAt, onSaleIn(chunk)], [third, [oneRestocked, two, three]])
  t.strictSame(readPoll(chunk), polls[2]?.[1])
  t.strictSame(events(), ['changed', 'delisted'])
  t.equal(chunk.changed[1]?.price, three.price, 'as it was last')
  t.strictSame([chunk.nextAt, onSaleIn(chunk)], [END, [oneRestocked, twoRaised]])
})

const transitions: [what: string, before: OfferState | null, now: OfferState | null][] = [
  ['listed', null, offer(1, 100, 5)],
  ['listed at 0 with none in stock', null, offer(1, 0, 0)],
  ['back with a prior price', null, offer(1, 100, 5, START, 120)],
  ['listed with the largest figures', null, offer(2 ** 49, MAX, MAX, START, MAX)],
  ['raised', offer(1, 100, 5, 0), offer(1, 101, 5)],
  ['raised to the highest price', offer(1, 0, 5, 0), offer(1, MAX, MAX)],
  ['raised after a reduction, which ends that', offer(1, 80, 5, 0, 100), offer(1, 90, 5)],
  ['lowered', offer(1, 100, 5, 0), offer(1, 99, 0, START, 100)],
  ['lowered without a prior price', offer(1, 100, 5, 0), offer(1, 99, 5)],
  ['lowered to 0, as it was before', offer(1, 100, 5, 0), offer(1, 0, 5, START, 0)],
  ['lowered from the highest price', offer(1, MAX, 5, 0), offer(1, 0, MAX, START, MAX)],
  ['lowered again', offer(1, 80, 5, 0, 100), offer(1, 70, 5, START, 80)],
  ['restocked', offer(1, 100, 5, 0), offer(1, 100, 128)],
  ['sold out', offer(1, 100, 5, 0), offer(1, 100, 0)],
  [
    'restocked with a prior price, which stays',
    offer(1, 80, 5, 0, 100),
    offer(1, 80, 6, START, 100),
  ],
  ['delisted', offer(1, 100, 5, 0), null],
  ['delisted, with the largest figures', offer(2 ** 49, MAX, MAX, 0, MAX), null],
]
for (const [what, before, now] of transitions) {
  t.test(`an offer in the history: ${what}`, async (t) => {
    const chunk = new Chunk(
      START,
      chunkOf(before ? [before] : [], START, [[0, [change(before, now)]]]),
    )
    t.strictSame(readPoll(chunk), [change(before, now)])
    t.strictSame(onSaleIn(chunk), now ? [now] : [])
    t.equal(chunk.nextAt, END)
  })
}

t.test('a chunk with only an opening has no polls', async (t) => {
  const chunk = new Chunk(START, encodeOpening([offer(1, 100, 5)], START))
  t.equal(chunk.nextAt, END)
  t.equal(chunk.onSale.length, 1)
})

t.test('a chunk with nothing on sale before it opens with one byte', async (t) => {
  t.equal(hex(encodeOpening([], START)), '00')
  const chunk = new Chunk(START, encodeOpening([], START))
  t.strictSame([chunk.nextAt, chunk.onSale.length], [END, 0])
})

t.test('a poll without changes is read as such', async (t) => {
  t.equal(hex(encodePoll(7, [])), '0700')
  const chunk = new Chunk(
    START,
    chunkOf([], START, [
      [0, []],
      [7, []],
    ]),
  )
  t.strictSame([chunk.nextAt, readPoll(chunk)], [START, []])
  t.strictSame([chunk.nextAt, readPoll(chunk)], [START + 7, []])
  t.equal(chunk.nextAt, END)
})

t.test('an offer that changes with each poll is followed through all of them', async (t) => {
  const polls: Poll[] = []
  let before: OfferState | null = null
  let at = START
  for (let poll = 0; poll < 300; poll++) {
    const ms = poll === 0 ? 0 : 1 + ((poll * 7919) % 100_000)
    at += ms
    const price = (poll * 104_729) % 50_000
    const prior: number | null =
      before !== null && price > before.price ? null : (poll * 31) % 40_000
    const now: OfferState | null = poll % 10 === 9 ? null : offer(5, price, poll % 4, at, prior)
    polls.push([ms, [change(before, now)]])
    before = now
  }
  const chunk = new Chunk(START, chunkOf([], START, polls))
  const found: Poll[] = []
  let last = START
  while (chunk.nextAt < END) {
    const ms = chunk.nextAt - last
    last = chunk.nextAt
    found.push([ms, readPoll(chunk)])
  }
  t.strictSame(found, polls)
})
