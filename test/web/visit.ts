import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import t, { type Test } from 'tap'
import { once } from '../helper.ts'
import { chromiumOptions, findChromium, NO_CHROMIUM } from './chromium.ts'

const skip = findChromium() ? false : NO_CHROMIUM
if (skip) console.error(`SKIPPED, the tests of the web page: ${skip}`)

/** One browser serves all tests of a process. */
const browser = once(async (): Promise<Browser> => {
  const launched = await chromium.launch(chromiumOptions())
  t.teardown(() => launched.close())
  return launched
})

/** How a page is opened. */
interface VisitOptions extends BrowserContextOptions {
  /** The complaints that the test provokes; each such as `GET /api/v1/status 401`. */
  expected?: RegExp[]
}

/** Opens a page with nothing kept from others, as a person with a new browser would. */
export type Open = (url: string, options?: VisitOptions) => Promise<Page>

/** Something that goes wrong in a page. */
interface Complaint {
  /** It in words. */
  told: string
  /** What the answer said, if it is one. */
  body?: Promise<string>
}

interface Visit {
  context: BrowserContext
  page: Page
  expected: RegExp[]
  complaints: Complaint[]
}

const pathOf = (url: string) => url.replace(/^https?:\/\/[^/]+/, '')

/** Told by the browser beside the answer or the failure itself, which say more. */
const TOLD_TWICE = /^Failed to load resource/

/** Gathers all that goes wrong in a context, in words. */
async function complaintsOf(context: BrowserContext): Promise<Complaint[]> {
  const complaints: Complaint[] = []
  context.on('console', (message) => {
    const [type, text] = [message.type(), message.text()]
    if (!['error', 'warning'].includes(type) || TOLD_TWICE.test(text)) return
    complaints.push({ told: `console ${type}: ${text}` })
  })
  context.on('weberror', (error) => complaints.push({ told: `thrown: ${error.error().stack}` }))
  context.on('response', (response) => {
    const request = response.request()
    const told = `${request.method()} ${pathOf(request.url())} ${response.status()}`
    if (response.status() < 400) return
    const body = response.text().catch((error: Error) => `no body: ${error.message}`)
    complaints.push({ told, body })
  })
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText
    const told = `${request.method()} ${pathOf(request.url())} ${reason}`
    if (reason !== 'net::ERR_ABORTED') complaints.push({ told }) // The page gives up what it needs no more.
  })
  await context.exposeBinding('tellViolation', (_source, told: string) => complaints.push({ told }))
  await context.addInitScript(`addEventListener('securitypolicyviolation', (event) =>
    tellViolation('policy: ' + event.violatedDirective + ' refused ' + event.blockedURI + ' ' +
      event.sample + ' of ' + event.sourceFile + ':' + event.lineNumber))`)
  return complaints
}

async function visit(url: string, { expected = [], ...options }: VisitOptions): Promise<Visit> {
  const context = await (await browser()).newContext({
    locale: 'en-US',
    timezoneId: 'Europe/Prague', // Not UTC, so that a mix-up of the two shows.
    ...options,
  })
  const complaints = await complaintsOf(context)
  const page = await context.newPage()
  await page.goto(url)
  return { context, page, expected, complaints }
}

/**
 * A test that looks at the page in a browser. It fails where a page that it opened has errors or
 * warnings in its console, breaks its security policy or has calls that fail, unless it expects that.
 */
export function test(name: string, run: (t: Test, open: Open) => Promise<void>): void {
  t.test(name, { skip }, async (t) => {
    const visits: Visit[] = []
    t.teardown(() => Promise.all(visits.map(({ context }) => context.close())))
    try {
      await run(t, async (url, options = {}) => {
        const opened = await visit(url, options)
        visits.push(opened)
        return opened.page
      })
    } finally {
      for (const { page, expected, complaints } of visits) {
        await page.evaluate('0') // What was told before this has come by then.
        const unexpected = complaints.filter(
          ({ told }) => !expected.some((known) => known.test(told)),
        )
        const inFull = unexpected.map(async ({ told, body }) => `${told} ${(await body) ?? ''}`)
        t.strictSame(await Promise.all(inFull), [], 'nothing in the browser complains')
      }
    }
  })
}
