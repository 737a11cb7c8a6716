import { Type } from '@sinclair/typebox'
import t from 'tap'
import { nullable, ref, time, toTime } from '../../schemas/types.ts'

t.test('a reference names the schema by its id', async (t) => {
  t.match(ref(Type.Object({}, { $id: 'Thing' })), { $ref: 'Thing#' })
})

t.test('a nullable schema is the same with null as a type beside its own', async (t) => {
  t.match(nullable(Type.Integer({ description: 'A price' })), {
    type: ['integer', 'null'],
    description: 'A price',
  })
})

t.test('a time is RFC 3339 in UTC with milliseconds', async (t) => {
  t.equal(toTime(Date.UTC(2026, 10, 22, 8)), '2026-11-22T08:00:00.000Z')
  t.equal(toTime(1), '1970-01-01T00:00:00.001Z')
  t.match(time('When'), { type: 'string', format: 'date-time', description: 'When' })
})
