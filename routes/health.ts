import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { errors } from '../schemas/error.ts'
import { Type } from '../typebox.ts'

const tags = ['System']

const Health = Type.Object({ status: Type.Literal('ok') }, { description: 'All is well' })

/** What an orchestrator asks for. The Offers service being down does not count here. */
const health: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/live',
    {
      schema: {
        operationId: 'getLiveness',
        summary: 'Whether the process runs',
        tags,
        response: { 200: Health, ...errors() },
      },
    },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/ready',
    {
      schema: {
        operationId: 'getReadiness',
        summary: 'Whether the service can serve',
        description:
          '503 while it is starting or stopping, or its database does not work. The Offers service ' +
          'being down does not make it unready.',
        tags,
        response: { 200: Health, ...errors() },
      },
    },
    async () => {
      await app.store.check()
      return { status: 'ok' as const }
    },
  )
}
export default health
