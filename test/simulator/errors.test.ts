import type { FastifyError } from 'fastify'
import t from 'tap'
import { answerTo, errorBody, invalidStatus, ProtocolError } from '../../simulator/errors.ts'

const bodies: [1 | 2, number, unknown][] = [
  [1, 400, { code: 'BAD_REQUEST', msg: 'why' }],
  [1, 401, { code: 'UNAUTHORIZED', msg: 'why' }],
  [1, 404, { code: 'NOT FOUND', msg: 'why' }],
  [1, 503, { code: 'SERVICE UNAVAILABLE', msg: 'why' }],
  [1, 599, { code: 'ERROR', msg: 'why' }],
  [2, 400, { detail: 'why' }],
  [2, 503, { detail: 'why' }],
]
for (const [generation, status, body] of bodies) {
  t.test(`body of ${status} in generation ${generation}`, async (t) => {
    t.same(errorBody(generation, status, 'why'), body)
  })
}

t.test('bad data are 400 in generation 1 and 422 in generation 2', async (t) => {
  t.equal(invalidStatus(1), 400)
  t.equal(invalidStatus(2), 422)
})

const error = (more: Partial<FastifyError> = {}): FastifyError =>
  Object.assign(new Error('why'), { code: 'X', ...more })
const validation = [
  { instancePath: '/id', keyword: 'format', schemaPath: '', params: {}, message: 'must be so' },
  {
    instancePath: '',
    keyword: 'required',
    schemaPath: '',
    params: { missingProperty: 'name' },
    message: 'must be there',
  },
]

const answers: [string, FastifyError, 1 | 2, number, unknown][] = [
  ['a bug', error(), 1, 500, { code: 'INTERNAL SERVER ERROR', msg: 'why' }],
  ['a bug', error(), 2, 500, { detail: 'why' }],
  ['no JSON', error({ statusCode: 400 }), 1, 400, { code: 'BAD_REQUEST', msg: 'why' }],
  ['another media type', error({ statusCode: 415 }), 1, 400, { code: 'BAD_REQUEST', msg: 'why' }],
  [
    'no JSON',
    error({ statusCode: 400 }),
    2,
    422,
    { detail: [{ loc: ['body'], msg: 'why', type: 'json_invalid' }] },
  ],
  [
    'bad data',
    error({ statusCode: 400, validation, validationContext: 'body' }),
    2,
    422,
    {
      detail: [
        { loc: ['body', 'id'], msg: 'must be so', type: 'format' },
        { loc: ['body', 'name'], msg: 'must be there', type: 'required' },
      ],
    },
  ],
  [
    'a bad path',
    error({ statusCode: 400, validation: validation.slice(0, 1), validationContext: 'params' }),
    2,
    422,
    { detail: [{ loc: ['path', 'id'], msg: 'must be so', type: 'format' }] },
  ],
]
for (const [name, thrown, generation, status, body] of answers) {
  t.test(`${name} in generation ${generation} is answered with ${status}`, async (t) => {
    t.same(answerTo(thrown, generation), { status, body })
  })
}

t.test('an error of the protocol has its own status', async (t) => {
  const thrown = Object.assign(new ProtocolError(409, 'taken'), { code: 'X' })
  t.same(answerTo(thrown, 2), { status: 409, body: { detail: 'taken' } })
})
