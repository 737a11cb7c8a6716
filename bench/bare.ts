import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { call } from '../test/process.ts'
import { type Listening, startPeer } from './programs.ts'

/** A route of the bare Fastify, which always sends the same answer of the service. */
export interface BareRoute {
  /** A route path, possibly with parameters. */
  url: string
  /** The name of the answer's schema in the OpenAPI document. */
  schema: string
  payload: unknown
}

/** A route that answers a POST with the body that it received. */
export interface BareEcho {
  url: string
  schema: string
}

/** The schemas of the service, each with the `$id` that Fastify needs. */
async function schemasOf(url: string): Promise<object[]> {
  const { json } = await call('GET', `${url}/docs/json`)
  const text = JSON.stringify(json.components.schemas)
  const schemas: Record<string, object> = JSON.parse(
    text.replaceAll(/"#\/components\/schemas\/(\w+)"/g, '"$1#"'),
  )
  return Object.entries(schemas).map(([$id, schema]) => ({ ...schema, $id }))
}

/** Starts a bare Fastify with the schemas of the service at `url`. */
export async function startBare(
  folder: string,
  url: string,
  { routes = [], echo }: { routes?: BareRoute[]; echo?: BareEcho },
): Promise<Listening> {
  const file = join(folder, 'bare.json')
  const toRef = (name: string) => ({ $ref: `${name}#` })
  const spec = {
    schemas: await schemasOf(url),
    routes: routes.map(({ schema, ...route }) => ({ ...route, schema: toRef(schema) })),
    echo: echo && { url: echo.url, body: toRef(echo.schema), response: toRef(echo.schema) },
  }
  await writeFile(file, JSON.stringify(spec))
  return startPeer('peers/bare.ts', [file])
}
