import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { errors } from '../schemas/error.ts'
import { Damaged, damagedParts } from '../schemas/status.ts'

const tags = ['System']

const Health = Type.Object({ status: Type.Literal('ok') }, { description: 'The process runs' })

const Readiness = Type.Object(
  {
    status: Type.Unsafe<'ok' | 'degraded'>({
      type: 'string',
      enum: ['ok', 'degraded'],
      description:
        '`degraded`: part of the database is damaged; everything that does not need it works',
    }),
    damaged: Type.Optional(Damaged),
  },
  { description: 'The service can serve requests' },
)

/** The probes for orchestrators. They ignore the state of the Offers service. */
const health: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/live',
    {
      schema: {
        operationId: 'getLiveness',
        summary: 'Check whether the process runs',
        description: 'Answers 200 while the process runs, whatever the state of its database.',
        tags,
        response: { 200: Health, ...errors(400) },
      },
    },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/ready',
    {
      schema: {
        operationId: 'getReadiness',
        summary: 'Check whether the service can serve requests',
        description:
          'Answers 503 while the service is starting or stopping, or if its database does not ' +
          'work, for example if no product can be created. The service stays ready while the ' +
          'Offers service is down. It also stays ready if only part of the database is damaged, ' +
          'because everything else works; `status` is then `degraded`.',
        tags,
        response: { 200: Readiness, ...errors(400) },
      },
    },
    async () => {
      await app.store.check()
      const damaged = damagedParts(app.store.damage)
      return damaged.length > 0
        ? { status: 'degraded' as const, damaged }
        : { status: 'ok' as const }
    },
  )
}
export default health
