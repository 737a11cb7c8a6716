/** Adapts the schemas of routes for the OpenAPI document. */
import type { FastifySchema } from 'fastify'

/** The headers of every answer. */
const commonHeaders = {
  'X-Request-Id': {
    type: 'string',
    description: 'The id of the request; the log has it as `reqId`',
    example: 'mhy3k1zs-42',
  },
}

/** Replaces each answer in a route's schema with what `change` returns for it. */
function withAnswers(schema: FastifySchema, change: (answer: FastifySchema) => object) {
  const answers = Object.entries(Object(schema.response)).map(([status, answer]) => [
    status,
    change(Object(answer)),
  ])
  return { ...schema, response: Object.fromEntries(answers) }
}

/** The keywords that only this service understands. */
const OWN_KEYWORDS = ['x-text', 'x-tags', 'x-tag-changes', 'x-pattern']

/** A schema without those keywords. */
export function published<T>(schema: T): T {
  const isOwn = (key: string) => OWN_KEYWORDS.includes(key)
  return JSON.parse(JSON.stringify(schema, (key, value) => (isOwn(key) ? undefined : value)))
}

/** A route's schema for the document, with the headers of every answer. */
export function described(schema: FastifySchema): FastifySchema {
  return published(
    withAnswers(schema, (answer) => ({
      ...answer,
      headers: { ...Object(answer.headers), ...commonHeaders },
    })),
  )
}

/** The schema of the HEAD route that accompanies a GET route: the same without bodies. */
export function headOf(schema: FastifySchema): FastifySchema {
  const { operationId, summary } = schema
  const get = operationId?.replace(/-head$/, '') // @fastify/swagger adds the suffix.
  return {
    ...withAnswers(schema, ({ description, headers }) => ({ type: 'null', description, headers })),
    operationId: `${get}Head`,
    summary: `${summary} (headers only)`,
    description: `The answer of \`${get}\` without its body.`,
  }
}
