import { Type } from '@sinclair/typebox'
import t from 'tap'
import { nullable, ref, time } from '../../schemas/types.ts'

t.test('a reference names the schema by its id', async (t) => {
  t.match(ref(Type.Object({}, { $id: 'Thing' })), { $ref: 'Thing#' })
})

t.test('a nullable schema is the same with null as a type beside its own', async (t) => {
  t.match(nullable(Type.Integer({ description: 'A price' })), {
    type: ['integer', 'null'],
    description: 'A price',
  })
})

t.test('null is not one of the values of an enumeration', async (t) => {
  const schema = { type: 'string', enum: ['a', 'b'] }
  const enumeration = Type.Unsafe<'a' | 'b'>({ ...schema, description: 'A letter' })
  t.match(nullable(enumeration), {
    description: 'A letter',
    anyOf: [schema, { type: 'null' }],
  })
})

t.test('a time has its format and its description', async (t) => {
  t.match(time('When'), { type: 'string', format: 'date-time', description: 'When' })
})
