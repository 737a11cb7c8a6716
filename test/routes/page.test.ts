import t, { type Test } from 'tap'
import { startApp } from '../helper.ts'
import { NO_UPSTREAM } from './helper.ts'

/** The URLs of the files that a text of the page names. */
const namedBy = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, name]) => `/assets/${name}`)

/** Gets a file of the page, and all that it loads by itself or later. */
async function filesOf(t: Test, app: Awaited<ReturnType<typeof startApp>>, html: string) {
  const texts = new Map<string, string>()
  const waiting = namedBy(html, /(?:href|src)="\/assets\/([^"]+)"/g)
  for (let url = waiting.pop(); url; url = waiting.pop()) {
    if (texts.has(url)) continue
    const answer = await app.inject(url)
    t.equal(answer.statusCode, 200, url)
    t.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable')
    texts.set(url, answer.body)
    waiting.push(...namedBy(answer.body, /(?:from|import|import\()"\.\/([^"]+)"/g))
    waiting.push(...namedBy(answer.body, /\/[/*]# sourceMappingURL=(\S+)/g))
  }
  return texts
}

t.test('the page', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const page = await app.inject('/')

  await t.test('is HTML that is revalidated each time', async (t) => {
    t.equal(page.statusCode, 200)
    t.equal(page.headers['content-type'], 'text/html; charset=utf-8')
    t.equal(page.headers['cache-control'], 'no-cache')
    const headers = { 'if-none-match': String(page.headers.etag) }
    t.equal((await app.inject({ url: '/', headers })).statusCode, 304)
  })

  await t.test('has the headers of a document, as the documentation has', async (t) => {
    for (const { headers } of [page, await app.inject('/docs')]) {
      t.equal(headers['cross-origin-opener-policy'], 'same-origin')
      t.equal(headers['referrer-policy'], 'no-referrer')
    }
  })

  await t.test('allows no inline scripts and styles, and has none', async (t) => {
    const policy = String(page.headers['content-security-policy'])
    t.match(policy, "default-src 'none'")
    t.match(policy, "script-src 'self';")
    t.match(policy, "style-src 'self';")
    t.notMatch(policy, /unsafe|https?:|\*/)
    t.equal(page.body.match(/<script(?! type="module" src=)/g), null)
    t.notMatch(page.body, /<style|style=|\son\w+=/)
  })

  await t.test(
    'names only files of its own, and has one script, which imports no other',
    async (t) => {
      t.notMatch(page.body, /(?:href|src)="(?!\/assets\/[\w-]+\.\w+"|\/docs")|<!--/)
      const scripts = namedBy(page.body, /"\/assets\/([^"]+\.js)"/g)
      t.equal(scripts.length, 1)
      const { body } = await app.inject(String(scripts[0]))
      t.strictSame(namedBy(body, /(?:from|import)"\.\/([^"]+)"/g), [])
    },
  )

  await t.test('has all files that are loaded at some time, to be kept for ever', async (t) => {
    const urls = [...(await filesOf(t, app, page.body)).keys()]
    const types = {
      js: 'text/javascript; charset=utf-8',
      css: 'text/css; charset=utf-8',
      svg: 'image/svg+xml',
      map: 'application/json; charset=utf-8',
    }
    for (const [extension, type] of Object.entries(types)) {
      const url = urls.find((url) => url.endsWith(`.${extension}`))
      t.equal((await app.inject(String(url))).headers['content-type'], type)
    }
    t.ok(urls.some((url) => /chart-\w+\.js$/.test(url)))
  })

  await t.test(
    'loads 60 KB at first, 100 KB with the chart, and little for any view',
    async (t) => {
      const sizes = new Map<string, number>()
      for (const url of ['/', ...(await filesOf(t, app, page.body)).keys()]) {
        const { rawPayload } = await app.inject({ url, headers: { 'accept-encoding': 'br' } })
        if (!url.endsWith('.map')) sizes.set(url, rawPayload.length)
      }
      const sum = (wanted: (url: string) => boolean) =>
        [...sizes].reduce((bytes, [url, size]) => bytes + (wanted(url) ? size : 0), 0)
      const atFirst = (url: string) => url === '/' || page.body.includes(url)
      const first = sum(atFirst)
      t.ok(first < 60_000, `${first} bytes`)
      const withChart = sum((url) => atFirst(url) || url.includes('/chart-'))
      t.ok(withChart < 100_000, `${withChart} bytes`)
      for (const view of ['alerts', 'compare', 'dialog', 'import', 'tag-dialog', 'webhooks']) {
        const added = sum((url) => url.includes(`/${view}-`))
        t.ok(added > 0 && added < 20_000, `${added} bytes for ${view}`)
      }
    },
  )

  await t.test('is compressed, and so is what it loads', async (t) => {
    const [, script = ''] = /src="([^"]+)"/.exec(page.body) ?? []
    const headers = { 'accept-encoding': 'br' }
    t.equal((await app.inject({ url: script, headers })).headers['content-encoding'], 'br')
    for (const url of ['/', script]) {
      t.equal((await app.inject({ url, headers })).headers['x-content-type-options'], 'nosniff')
    }
  })

  await t.test('has nothing else', async (t) => {
    for (const url of [
      '/assets/main.ts',
      '/assets/main-AAAAAAAA.js',
      '/assets/%2e%2e%2fpackage.json',
      '/assets/web/main.ts',
    ]) {
      const answer = await app.inject(url)
      t.equal(answer.statusCode, 404, url)
    }
    const none = await app.inject('/assets/none.js')
    t.match([none.statusCode, none.json()], [404, { message: 'There is no /assets/none.js' }])
  })
})

t.test('the page has the settings of prices in its head, as text', async (t) => {
  const settings = { PRICE_UNIT: '"<&$\'>', PRICE_MINOR_DIGITS: '2' }
  const app = await startApp(t, { ...NO_UPSTREAM, ...settings })
  const { body } = await app.inject('/')
  t.match(body, '<meta name="price-unit" content="&quot;&lt;&amp;$\'>">')
  t.match(body, '<meta name="price-minor-digits" content="2">')
})
