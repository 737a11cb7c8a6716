/** The published client in a page. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { test } from '../web/visit.ts'
import { listenTo, scriptOf, scriptOfUses } from './packed.ts'
import { startProxy } from './proxy.ts'
import { startService } from './service.ts'
import type { Service } from './uses.ts'

/** What the uses provoke: refusals, and streams that are broken off. */
const expected = [/^[A-Z]+ \S+ 4\d\d$/, /\/changes\/stream\S* net::ERR_/]

/** What a page at `http://` lacks is Web Crypto's `subtle`. */
const NEED_TLS = ['verifies webhooks', 'takes the headers of another library']

/** A page of another origin than the service, with one script. */
async function startPage(t: Test, script: string): Promise<string> {
  const page = '<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,">'
  const server = createServer(({ url }, response) => {
    const isScript = url === '/uses.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(isScript ? script : page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Runs a script in a page, and checks the uses that it tells of. */
async function check(t: Test, page: Page, script: string, service: Service, failing?: string[]) {
  const { line, ended, check } = listenTo(service)
  page.on('console', (message) => line(message.text()))
  await page.evaluate(script)
  await ended
  check(t, failing)
}

/** The headers that the client's README has for a proxy, for pages of `origin`. */
async function readmeHeaders(origin: string): Promise<Record<string, string>> {
  const url = new URL('../../packages/client/README.md', import.meta.url)
  const [, block = ''] = /^```http\n(.*?)^```/ms.exec(await readFile(url, 'utf8')) ?? []
  const lines = block.replaceAll('https://shop.example.com', origin).trim().split('\n')
  return Object.fromEntries(lines.map((line) => line.split(': ')))
}

test('the client works in a page of the service', async (t, open) => {
  const service = await startService(t)
  const page = await open(`${service.url}/docs`, { expected })
  await page.locator('.opblock').first().waitFor() // Its own timers have run by then.
  await check(t, page, await scriptOfUses(service), service)
})

test('the client works in a page without TLS, but for webhooks', async (t, open) => {
  const service = await startService(t)
  const { url: server } = await startProxy(t, service.url, {})
  const url = 'http://aggregator.example'
  const ignored = /Cross-Origin-Opener-Policy header has been ignored/
  const page = await open(`${url}/docs`, { expected: [...expected, ignored], proxy: { server } })
  await page.locator('.opblock').first().waitFor()
  t.equal(await page.evaluate('isSecureContext'), false)
  await check(t, page, await scriptOfUses({ ...service, url }), service, NEED_TLS)
})

test('the client works in a page of another origin, by a proxy that allows it', async (t, open) => {
  const service = await startService(t)
  const headers: Record<string, string> = {}
  const { prefixed } = await startProxy(t, service.url, headers)
  const origin = await startPage(t, await scriptOfUses({ ...service, url: prefixed }))
  Object.assign(headers, await readmeHeaders(origin))
  const page = await open(origin, { expected })
  await check(t, page, `import('/uses.js')`, service)
})

test('the service itself allows no page of another origin', async (t, open) => {
  const service = await startService(t)
  const script = await scriptOf('node_modules/product-aggregator-client/dist/index.js', {
    format: 'iife',
    globalName: 'aggregator',
  })
  const page = await open(await startPage(t, ''), { expected: [/CORS/, /net::ERR_FAILED$/] })
  await page.evaluate(`${script}; globalThis.aggregator = aggregator`)
  const call = `aggregator.createClient({ baseUrl: '${service.url}', retries: 0 })
    .GET('/api/v1/status').catch(String)`
  t.match(await page.evaluate(call), /^TypeError: Failed to fetch/)
})
