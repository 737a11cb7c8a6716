import { Type } from '@sinclair/typebox'
import fastify from 'fastify'
import t from 'tap'
import { compilersFactory } from '../compilers.ts'

t.test('what is taken is not left unchecked', async (t) => {
  const app = fastify({ schemaController: { compilersFactory } })
  t.teardown(() => app.close())
  app.get('/', { schema: { querystring: Type.Object({}) } }, async () => '')
  await t.rejects(async () => app.ready(), /validation\.ts/)
})
