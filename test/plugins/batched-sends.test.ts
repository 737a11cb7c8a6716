import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { realEnvironment } from '../../app.ts'
import batchedSends from '../../plugins/batched-sends.ts'
import { PRODUCTS } from '../routes/helper.ts'
import { buildLogged } from './helper.ts'

/** Enough requests in one turn of the event loop to be many. */
const MANY = 20

/** What a route answers with: a text, bytes, a stream, or nothing (304). */
type Body = string | Buffer | null | (() => Readable)

/** Makes requests in one turn; returns their status codes, and how many were sent in this turn and up to the next one. */
function requester(app: FastifyInstance, path: string, headers: Record<string, string> = {}) {
  let sent = 0
  app.addHook('onResponse', (_request, _reply, done) => {
    sent += 1
    done()
  })
  return async (count: number) => {
    await nextTurn()
    sent = 0
    const counted = nextTurn().then(async () => {
      const atOnce = sent
      await nextTurn()
      return { atOnce, inAll: sent }
    })
    const requests = Array.from({ length: count }, () => app.inject({ url: path, headers }))
    const answers = await Promise.all(requests)
    return { codes: answers.map(({ statusCode }) => statusCode), ...(await counted) }
  }
}

/** A service whose answers are sent by the plugin. Its time stands still unless a test sets another clock. */
function start(t: Test, body: Body, clock = () => 0) {
  const app = fastify()
  app.decorate('environment', { ...realEnvironment, clock })
  app.register(batchedSends)
  const request = requester(app, '/')
  app.register(async (routes) => {
    routes.get('/', async (_request, reply) => {
      if (body === null) reply.code(304)
      return (typeof body === 'function' ? body() : body) ?? undefined
    })
  })
  t.teardown(() => app.close())
  return { app, request }
}

const times = (count: number, code: number): number[] => new Array(count).fill(code)

for (const [what, body] of [
  ['texts', 'short'],
  ['bytes', Buffer.from('short')],
  ['304s', null],
] as const) {
  t.test(`while many requests come in, ${what} are sent at the end of the turn`, async (t) => {
    const { request } = start(t, body)
    await request(MANY)
    const codes = times(MANY, body === null ? 304 : 200)
    t.strictSame(await request(MANY), { codes, atOnce: 0, inAll: MANY })
  })
}

t.test('the first of many are sent at once', async (t) => {
  const { request } = start(t, 'short')
  t.strictSame(await request(MANY), { codes: times(MANY, 200), atOnce: MANY, inAll: MANY })
})

t.test('few are sent at once', async (t) => {
  const { request } = start(t, 'short')
  for (let turn = 0; turn < 3; turn++) {
    t.strictSame(await request(2), { codes: times(2, 200), atOnce: 2, inAll: 2 })
  }
})

t.test('few are sent at once again after many', async (t) => {
  const { request } = start(t, 'short')
  for (const count of [MANY, MANY, 2]) await request(count)
  t.match(await request(2), { atOnce: 2 })
})

t.test('long ones are sent at once', async (t) => {
  const { request } = start(t, 'a'.repeat(2 ** 16))
  await request(MANY)
  t.match(await request(MANY), { atOnce: MANY })
})

t.test('streams are sent at once', async (t) => {
  const begun = { now: 0, atEnds: [] as number[] }
  const { request } = start(t, () => {
    // The first answer of a turn makes this run before what the plugin does at its end.
    setImmediate(() => begun.atEnds.push(begun.now))
    return Readable.from(
      (function* () {
        begun.now += 1
        yield 'short'
      })(),
    )
  })
  await request(MANY)
  t.strictSame((await request(MANY)).codes, times(MANY, 200))
  t.equal(begun.atEnds[MANY], 2 * MANY, 'when the second turn ends')
})

t.test('none waits for others that take long', async (t) => {
  let now = 0
  let tick = 0
  const { request } = start(t, 'short', () => {
    now += tick
    return now
  })
  await request(MANY)
  tick = 1 // Each answer takes a millisecond.
  const { atOnce, inAll } = await request(MANY)
  t.ok(atOnce >= MANY - 2, `${atOnce} are sent before the turn ends`)
  t.equal(inAll, MANY)
})

t.test('one that cannot be sent is a 500', async (t) => {
  const { app, request } = start(t, 'short')
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('refused', 'a\nb') // Node.js refuses it when the head is written.
    done()
  })
  await request(MANY)
  t.strictSame((await request(MANY)).codes, times(MANY, 500))
})

t.test('the answers of the API are sent together', async (t) => {
  const { app } = await buildLogged(t, {}, { clock: () => 1_795_000_000_000 })
  const request = requester(app, PRODUCTS)
  await request(MANY)
  t.strictSame(await request(MANY), { codes: times(MANY, 200), atOnce: 0, inAll: MANY })
})
