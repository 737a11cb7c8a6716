/**
 * What the framework can do at most: a bare Fastify that sends constant payloads through the response schemas of the
 * service, without a database:
 *
 *     node bench/peers/bare.ts ROUTES.json
 */
import { readFile } from 'node:fs/promises'
import fastify from 'fastify'

type JsonSchema = Record<string, unknown>

/** The content of the file. */
interface Routes {
  /** Each route answers a GET with 200 and its payload, or with 304 if the request has an entity tag. */
  routes: { url: string; schema: JsonSchema; payload: unknown }[]
  /** Schemas that the others refer to by `$id`. */
  schemas?: JsonSchema[]
  /** Answers a POST with 201 and the body that it received, validated and serialised by these schemas. */
  echo?: { url: string; body: JsonSchema; response: JsonSchema }
}

const file = process.argv[2]
if (file === undefined) throw new Error('usage: bare.ts ROUTES.json')
const { routes, schemas = [], echo }: Routes = JSON.parse(await readFile(file, 'utf8'))

const app = fastify({ logger: false })
for (const schema of schemas) app.addSchema(schema)
for (const { url, schema, payload } of routes) {
  app.get(url, { schema: { response: { 200: schema } } }, async (request, reply) => {
    const tag = request.headers['if-none-match']
    if (tag === undefined) return payload
    reply.code(304).header('etag', tag) // A 304 has to carry it (RFC 9110, section 15.4.5).
  })
}
if (echo) {
  const { url, body, response } = echo
  app.post(url, { schema: { body, response: { 201: response } } }, async (request, reply) => {
    reply.code(201)
    return request.body
  })
}

process.once('SIGTERM', () => app.close())
console.log(`listening at ${await app.listen({ host: '127.0.0.1', port: 0 })}`)
