import type { OutgoingHttpHeaders } from 'node:http'
import { finished } from 'node:stream/promises'
import t from 'tap'
import { fraction, mix } from '../../simulator/hash.ts'
import { eventually } from '../helper.ts'
import { EventParser, openStream } from './event-stream.ts'
import { API, offer, polled, startStill } from './helper.ts'

/** So many changes at least; `STREAM_CHANGES=50000` is the full run. */
const CHANGES = Number(process.env.STREAM_CHANGES ?? 3_000)
const CLIENTS = 20
const PRODUCTS = 10
const OFFERS = 10
const NOW = Date.UTC(2026, 10, 22, 8)

/** A connection lasts for fewer events than this. */
const LONGEST = Math.max(1_000, CHANGES / 20)

/** The maximum lag of the fastest client, in changes. */
const AHEAD = 300

/** A sequence of numbers from 0 up to 1 that is the same each time. */
function chance(seed: number): () => number {
  let drawn = 0
  return () => {
    drawn += 1
    return fraction(mix(0, seed), drawn)
  }
}

/** What a client has seen so far. */
interface Seen {
  seqs: number[]
  connections: number
}

/**
 * Listens from the first change to the `last`, and breaks off at random before and between events, to
 * resume behind the last one that it has taken.
 */
async function listenWithBreaks(url: string, last: number, random: () => number, seen: Seen) {
  const { seqs } = seen
  while ((seqs.at(-1) ?? 0) < last) {
    seen.connections += 1
    const taken = seqs.at(-1)
    const headers: OutgoingHttpHeaders = taken === undefined ? {} : { 'last-event-id': taken }
    const response = await openStream(`${url}?after=0`, headers)
    const until = seqs.length + Math.floor(random() * LONGEST)
    const parser = new EventParser()
    const isOver = () => seqs.length >= until || seqs.at(-1) === last
    response.on('data', (text: string) => {
      for (const { id } of parser.take(text)) {
        if (isOver()) break
        seqs.push(Number(id))
      }
      if (isOver()) response.destroy()
    })
    // However it ended, by the client or by the service: what counts is what came.
    await finished(response).catch(() => undefined)
  }
}

const title = `${CLIENTS} clients that come and go see each of ${CHANGES} changes once and in order`
t.test(title, async (t) => {
  const { app, addAll } = await startStill(t, NOW)
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}${API}/changes/stream`
  const rounds = Math.ceil((CHANGES - 2 * PRODUCTS) / (PRODUCTS * OFFERS))
  const last = 2 * PRODUCTS + rounds * PRODUCTS * OFFERS
  const joins = t.capture(app.changeHub, 'join', app.changeHub.join.bind(app.changeHub))

  const clients = Array.from({ length: CLIENTS }, (): Seen => ({ seqs: [], connections: 0 }))
  const ends = Promise.all(
    clients.map((seen, client) => listenWithBreaks(url, last, chance(client), seen)),
  )
  const products = await addAll(Array.from({ length: PRODUCTS }, (_, index) => `Mower ${index}`))
  for (let round = 1; round <= rounds; round++) {
    const offers = Array.from({ length: OFFERS }, (_, index) => offer(`offer ${index}`, round))
    await app.store.settle(products.map(({ token }) => polled(token, [NOW + round, ...offers])))
    // Some receive changes live, while others read the past.
    const { lastSeq } = app.store
    await eventually(() => clients.some(({ seqs }) => lastSeq - seqs.length < AHEAD))
  }
  t.equal(app.store.lastSeq, last)

  await ends
  for (const [client, { seqs, connections }] of clients.entries()) {
    const wrong = seqs.findIndex((seq, index) => seq !== index + 1)
    t.equal(wrong, -1, `client ${client} saw ${seqs[wrong - 1]} and then ${seqs[wrong]}`)
    t.equal(seqs.length, last)
    t.ok(connections > last / LONGEST, `${connections} connections`)
  }
  const total = clients.reduce((sum, { connections }) => sum + connections, 0)
  t.comment(`${total} connections, ${joins().length} of which came to hear of changes at once`)
})
