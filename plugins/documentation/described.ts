/** What becomes of the schemas of routes in the OpenAPI document. */
import type { FastifySchema } from 'fastify'

/** What every answer has. */
const commonHeaders = {
  'X-Request-Id': {
    type: 'string',
    description: 'The name of the request, by which the log has it as `reqId`',
    example: 'mhy3k1zs-42',
  },
}

/** The answers of a route by their statuses; `change` gives another one in place of each. */
function withAnswers(schema: FastifySchema, change: (answer: FastifySchema) => object) {
  const answers = Object.entries(Object(schema.response)).map(([status, answer]) => [
    status,
    change(Object(answer)),
  ])
  return { ...schema, response: Object.fromEntries(answers) }
}

/** A schema without the keyword that only this service understands. */
export function published<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema, (key, value) => (key === 'x-text' ? undefined : value)))
}

/** The schema of a route as the document has it: with the headers that every answer has. */
export function described(schema: FastifySchema): FastifySchema {
  return published(
    withAnswers(schema, (answer) => ({
      ...answer,
      headers: { ...Object(answer.headers), ...commonHeaders },
    })),
  )
}

/** The schema of the HEAD route that comes with a GET route: the same without the bodies. */
export function headOf(schema: FastifySchema): FastifySchema {
  const { operationId, summary } = schema
  const get = operationId?.replace(/-head$/, '') // @fastify/swagger has added that.
  return {
    ...withAnswers(schema, ({ description, headers }) => ({ type: 'null', description, headers })),
    operationId: `${get}Head`,
    summary: `${summary}: the headers alone`,
    description: `The answer of \`${get}\` without its body.`,
  }
}
