import { setImmediate as nextTurn } from 'node:timers/promises'
import fastify from 'fastify'
import t, { type Test } from 'tap'
import batchedSends from '../../plugins/batched-sends.ts'

/** Enough requests in one turn of the event loop to be many. */
const MANY = 20

/** A service whose answers are sent by the plugin. */
async function start(t: Test, body: string | null) {
  let sent = 0
  const app = fastify()
  app.register(batchedSends)
  app.addHook<unknown>('onSend', (_request, _reply, payload, done) => {
    sent += 1
    done(null, payload)
  })
  app.get('/', async (_request, reply) => {
    if (body === null) reply.code(304)
    return body ?? undefined
  })
  app.get('/refused', async (_request, reply) => {
    reply.header('refused', 'a\nb') // Node.js refuses it when the head is written.
    return 'short'
  })
  t.teardown(() => app.close())
  await app.ready()

  return {
    /** Makes requests in one turn; returns their status codes, and how many answers were sent before the turn ended. */
    async request(count: number, path = '/'): Promise<{ codes: number[]; atOnce: number }> {
      await nextTurn()
      sent = 0
      const sentAtOnce = nextTurn().then(() => sent)
      const answers = await Promise.all(Array.from({ length: count }, () => app.inject(path)))
      return { codes: answers.map(({ statusCode }) => statusCode), atOnce: await sentAtOnce }
    },
  }
}

const times = (count: number, code: number): number[] => new Array(count).fill(code)

t.test('while many requests come in, answers are sent at the end of the turn', async (t) => {
  const { request } = await start(t, 'short')
  await request(MANY)
  t.strictSame(await request(MANY), { codes: times(MANY, 200), atOnce: 0 })
})

t.test('so are those without a body', async (t) => {
  const { request } = await start(t, null)
  await request(MANY)
  t.strictSame(await request(MANY), { codes: times(MANY, 304), atOnce: 0 })
})

t.test('the first of many are sent at once', async (t) => {
  const { request } = await start(t, 'short')
  t.strictSame(await request(MANY), { codes: times(MANY, 200), atOnce: MANY })
})

t.test('few are sent at once', async (t) => {
  const { request } = await start(t, 'short')
  for (let turn = 0; turn < 3; turn++) {
    t.strictSame(await request(2), { codes: times(2, 200), atOnce: 2 })
  }
})

t.test('few are sent at once again after many', async (t) => {
  const { request } = await start(t, 'short')
  for (const count of [MANY, MANY, 2]) await request(count)
  t.strictSame(await request(2), { codes: times(2, 200), atOnce: 2 })
})

t.test('long ones are sent at once', async (t) => {
  const { request } = await start(t, 'a'.repeat(64 * 1024))
  await request(MANY)
  t.strictSame(await request(MANY), { codes: times(MANY, 200), atOnce: MANY })
})

t.test('one that cannot be sent is a 500', async (t) => {
  const { request } = await start(t, 'short')
  await request(MANY)
  t.strictSame((await request(MANY, '/refused')).codes, times(MANY, 500))
})
