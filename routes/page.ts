import { fileURLToPath } from 'node:url'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { Config } from '../config/config.ts'
import { DOCUMENT_HEADERS } from '../http/security-headers.ts'
import compression from '../plugins/compression.ts'
import etag from '../plugins/etag.ts'
import { PageBundler } from './page-bundle.ts'

/** The page's content security policy. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** One for the whole process, because two builds must not run at the same time. */
const bundler = new PageBundler(fileURLToPath(new URL('..', import.meta.url)))

const ENTITIES: Record<string, string> = { '&': '&amp;', '"': '&quot;', '<': '&lt;' }

/** The settings that the page needs, for the head of the document. */
function settingsOf({ PRICE_UNIT = '', PRICE_MINOR_DIGITS }: Config): string {
  const settings = { 'price-unit': PRICE_UNIT, 'price-minor-digits': PRICE_MINOR_DIGITS }
  return Object.entries(settings)
    .map(([name, value]) => {
      const content = String(value).replace(/[&"<]/g, (sign) => String(ENTITIES[sign]))
      return `<meta name="${name}" content="${content}">`
    })
    .join('\n')
}

/** The web page and its files. */
const page: FastifyPluginAsyncTypebox = async (app) => {
  const settings = settingsOf(app.config)
  await app.register(etag)
  await app.register(compression)

  app.get('/', { schema: { hide: true } }, async (_request, reply) => {
    const { html } = await bundler.current()
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .headers({ ...DOCUMENT_HEADERS, 'content-security-policy': POLICY })
      .send(html.replace('<!-- settings -->', () => settings))
  })

  app.get(
    '/assets/:name',
    { schema: { hide: true, params: Type.Object({ name: Type.String() }) } },
    async (request, reply) => {
      const { files } = await bundler.last()
      const file = files.get(request.params.name)
      if (!file) throw app.httpErrors.notFound(`There is no ${request.url}`)
      return reply
        .removeHeader('content-security-policy') // It has no effect on subresources.
        .type(file.type)
        .header('cache-control', 'public, max-age=31536000, immutable')
        .send(file.text)
    },
  )
}
export default page
