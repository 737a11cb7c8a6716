import { Readable } from 'node:stream'
import t from 'tap'
import { eventually } from '../helper.ts'
import { buildLogged } from '../plugins/helper.ts'
import { openStream } from '../routes/event-stream.ts'
import { NO_UPSTREAM, PRODUCTS, UNKNOWN_ID } from '../routes/helper.ts'

const INFO = 30
const DEBUG = 20
const json = { 'content-type': 'application/json' }

const cases = [
  ['a read', 'GET', PRODUCTS, undefined, 200, DEBUG],
  ['a read of headers', 'HEAD', PRODUCTS, undefined, 200, DEBUG],
  ['a change', 'POST', PRODUCTS, '{"name":"Mower"}', 201, INFO],
  ['a change that is refused', 'POST', PRODUCTS, '{}', 400, INFO],
  ['a read of what is not there', 'GET', `${PRODUCTS}/${UNKNOWN_ID}`, undefined, 404, INFO],
  ['a read of an unknown path', 'GET', '/nope', undefined, 404, INFO],
  ['another method', 'PUT', PRODUCTS, undefined, 405, INFO],
] as const

t.test('each request has one line in the log', async (t) => {
  const { app, lines } = await buildLogged(t, NO_UPSTREAM)
  await app.ready()
  for (const [what, method, url, payload, statusCode, level] of cases) {
    await t.test(`${what} is logged at ${level === INFO ? 'info' : 'debug'}`, async (t) => {
      lines.length = 0
      await app.inject({ method, url, payload, headers: payload ? json : {} })
      const logged = lines.filter(({ reqId }) => reqId !== undefined)
      t.equal(logged.length, 1)
      t.match(logged[0], {
        level,
        msg: 'request',
        req: { method, url },
        res: { statusCode },
        reqId: /^[a-z0-9]+-\d+$/,
        responseTime: Number,
      })
    })
  }
})

t.test('a request whose end failed is logged at info with the error', async (t) => {
  const { app, lines } = await buildLogged(t, NO_UPSTREAM)
  app.addHook('onResponse', async () => {
    throw new Error('a hook failed')
  })
  await app.inject(PRODUCTS)
  const logged = await eventually(() => lines.find(({ msg }) => msg === 'request'))
  t.match(logged, { level: INFO, err: { message: 'a hook failed' } })
})

t.test('a client that leaves a stream is not logged', async (t) => {
  const { app, lines } = await buildLogged(t, NO_UPSTREAM)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const stream = await openStream(`${url}/api/v1/changes/stream`)
  t.equal(app.changeHub.size, 1)
  stream.destroy()
  await eventually(() => app.changeHub.size === 0)
  t.same(
    lines.filter(({ level, reqId }) => reqId !== undefined && level > DEBUG),
    [],
  )
})

t.test('a stream that breaks off here is logged', async (t) => {
  const { app, lines } = await buildLogged(t, NO_UPSTREAM)
  app.get('/broken', (_request, reply) =>
    reply.send(
      Readable.from(
        (function* () {
          yield 'a'
          throw new Error('it broke')
        })(),
      ),
    ),
  )
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  await t.rejects(fetch(`${url}/broken`).then((answer) => answer.text()))
  t.match(await eventually(() => lines.find(({ err }) => err?.message === 'it broke')), {
    level: 40,
  })
})
