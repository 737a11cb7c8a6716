import { STATUS_CODES } from 'node:http'
import t from 'tap'
import {
  ExternalIdTaken,
  OutcomeUnknown,
  ProductNotFound,
  StoreUnavailable,
  VersionMismatch,
} from '../../db/errors.ts'
import type { ApiError } from '../../schemas/error.ts'
import { UNKNOWN_ID } from '../routes/helper.ts'
import { buildLogged } from './helper.ts'

const secret = "SQLITE_ERROR: near 'FROM' in /var/lib/aggregator.db (token 5ecret)"
const withStatus = (statusCode: number, code?: string) =>
  Object.assign(new Error(secret), { statusCode, code })
const ours = (id: string) =>
  `The service failed to do this; its log has the details under the request id ${id}`

/** What is thrown, and its answer: the status, and the message and code of our errors. */
const thrown: [what: string, error: unknown, status: number, message?: string, code?: string][] = [
  [
    'an unknown product',
    new ProductNotFound(UNKNOWN_ID),
    404,
    `There is no product ${UNKNOWN_ID}`,
    'PRODUCT_NOT_FOUND',
  ],
  [
    'another version',
    new VersionMismatch('It has changed'),
    412,
    'It has changed',
    'VERSION_MISMATCH',
  ],
  [
    'an external id that is taken',
    new ExternalIdTaken('"x"', UNKNOWN_ID),
    409,
    `The external_id "\\"x\\"" belongs to product ${UNKNOWN_ID}; change that product, or choose another external_id`,
    'EXTERNAL_ID_TAKEN',
  ],
  ['a store that is unavailable', new StoreUnavailable(new Error(secret)), 503],
  ['an unexpected error', new Error(secret), 500],
  ['an error with a code', Object.assign(new Error(secret), { code: 'SQLITE_FULL' }), 500],
  ['a type error', new TypeError(secret), 500],
  ['an error that says 500', withStatus(500, 'INTERNAL'), 500],
  ['an error that says 503', withStatus(503, 'BUSY'), 503],
  ['text', secret, 500],
]

t.test('errors of the inside', async (t) => {
  const { app, lines } = await buildLogged(t)
  for (const [index, [, error]] of thrown.entries()) {
    app.get(`/${index}`, { schema: { hide: true } }, () => Promise.reject(error))
  }
  await app.ready()
  for (const [index, [what, , statusCode, message, code]] of thrown.entries()) {
    await t.test(`${what} is a ${statusCode}`, async (t) => {
      lines.length = 0
      const response = await app.inject(`/${index}`)
      const [logged] = lines.filter(({ level }) => level === 50)
      const reqId = lines.find(({ msg }) => msg === 'request')?.reqId ?? ''
      t.equal(response.statusCode, statusCode)
      t.strictSame(response.json<ApiError>(), {
        statusCode,
        error: STATUS_CODES[statusCode],
        message: message ?? ours(reqId),
        ...(code === undefined ? {} : { code }),
      })
      t.notMatch(response.body, '5ecret')
      if (message !== undefined) return t.equal(logged, undefined)
      t.match(logged, { msg: 'the request failed', reqId })
      t.match(JSON.stringify(logged?.err), '5ecret')
    })
  }
})

t.test('the log has the cause and the stack of an unexpected error', async (t) => {
  const { app, lines } = await buildLogged(t)
  app.get('/boom', { schema: { hide: true } }, async () => {
    throw new StoreUnavailable(new Error('disk I/O error'))
  })
  await app.inject('/boom')
  const logged = lines.find(({ level }) => level === 50)
  t.match(logged?.err?.stack, /disk I\/O error[\s\S]+errors\.test\.ts/)
})

t.test('where it is not known whether a write was stored, no status is sent', async (t) => {
  const { app, lines } = await buildLogged(t)
  app.post('/unknown', { schema: { hide: true } }, () => {
    return Promise.reject(new OutcomeUnknown(new Error('the disk does not answer')))
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const headers = { 'content-type': 'application/json' }
  for (const init of [{}, { headers, body: '{}' }]) {
    const answer = fetch(`${address}/unknown`, { method: 'POST', ...init })
    await t.rejects(answer, { message: 'fetch failed' })
  }
  t.match(
    lines.find(({ level }) => level === 50),
    { msg: 'closed the connection without an answer' },
  )
})
