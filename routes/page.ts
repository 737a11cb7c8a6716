import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { kept } from '../concurrency/in-flight.ts'
import { DOCUMENT_HEADERS } from '../http/security-headers.ts'
import compression from '../plugins/compression.ts'
import etag from '../plugins/etag.ts'
import { Type } from '../typebox.ts'
import { type PageAssets, readPageAssets } from './page-assets.ts'

/** The path prefix of the page's files; the version follows it. */
const ASSETS = '/assets'

/** The page's entry module. */
const ENTRY = 'web/main.ts'

const template = await readFile(new URL('../web/index.html', import.meta.url), 'utf8')

/** The page with its import map, and its content security policy. */
function render({ version, imports, modulesOf }: PageAssets): { html: string; policy: string } {
  const url = (path: string) => `${ASSETS}/${version}/${path}`
  const map = JSON.stringify({
    imports: Object.fromEntries(Object.entries(imports).map(([name, path]) => [name, url(path)])),
  })
  const modules = [...modulesOf(ENTRY)]
  const preloads = modules.map((path) => `<link rel="modulepreload" href="${url(path)}">`)
  const html = template
    .replaceAll(`${ASSETS}/`, `${ASSETS}/${version}/`)
    .replace('<!-- modules -->', `<script type="importmap">${map}</script>\n${preloads.join('\n')}`)
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash('sha256', map, 'base64')}'`, // The import map is inline.
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  return { html, policy }
}

/** The web page and its files. */
const page: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(etag)
  await app.register(compression)
  // Read on the first request, because only browsers need the files and startup should not wait for them.
  const read = kept(readPageAssets)
  const rendered = kept(async () => render(await read()))

  app.get('/', { schema: { hide: true } }, async (_request, reply) => {
    const { html, policy } = await rendered()
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .headers({ ...DOCUMENT_HEADERS, 'content-security-policy': policy })
      .send(html)
  })

  app.get(
    `${ASSETS}/:version/*`,
    {
      schema: {
        hide: true,
        params: Type.Object({ version: Type.String(), '*': Type.String() }),
      },
    },
    async (request, reply) => {
      const { version, '*': path } = request.params
      const assets = await read()
      const asset = version === assets.version ? assets.get(path) : undefined
      if (!asset) throw app.httpErrors.notFound(`There is no ${request.url}`)
      return reply
        .removeHeader('content-security-policy') // It has no effect on subresources.
        .type(asset.type)
        .header('cache-control', 'public, max-age=31536000, immutable')
        .send(asset.text)
    },
  )
}
export default page
