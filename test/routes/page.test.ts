import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import t from 'tap'
import { readPageAssets } from '../../routes/page-assets.ts'
import { startApp } from '../helper.ts'
import { NO_UPSTREAM } from './helper.ts'

t.test('the page', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const page = await app.inject('/')

  await t.test('is HTML that is asked for anew each time', async (t) => {
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

  await t.test('allows no inline script but its import map, by its hash', async (t) => {
    const policy = String(page.headers['content-security-policy'])
    const [, map = ''] = /<script type="importmap">(.*?)<\/script>/s.exec(page.body) ?? []
    t.match(policy, "default-src 'none'")
    t.match(policy, `script-src 'self' 'sha256-${hash('sha256', map, 'base64')}';`)
    t.match(policy, "style-src 'self';")
    t.notMatch(policy, /unsafe|https?:|\*/)
    t.equal(page.body.match(/<script(?! type="module" src=)/g)?.length, 1)
    t.notMatch(page.body, /<style|style=|\son\w+=/)
  })

  await t.test('has all that it names, to be kept for ever', async (t) => {
    const [, map = ''] = /<script type="importmap">(.*?)<\/script>/s.exec(page.body) ?? []
    const { imports } = JSON.parse(map) as { imports: Record<string, string> }
    const named = [...page.body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, url]) => url)
    t.ok(named.length > 20)
    for (const url of [...named, ...Object.values(imports)]) {
      const answer = await app.inject(String(url))
      t.equal(answer.statusCode, 200, String(url))
      t.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable')
      t.match(
        answer.headers['content-type'],
        /^(text\/(javascript|css); charset=utf-8|image\/svg\+xml)$/,
      )
    }
  })

  await t.test('is compressed, and so is what it loads', async (t) => {
    const [, script = ''] = /src="([^"]+)"/.exec(page.body) ?? []
    for (const url of ['/', script.replace('main.ts', 'app.ts')]) {
      const answer = await app.inject({ url, headers: { 'accept-encoding': 'br' } })
      t.equal(answer.headers['content-encoding'], 'br', url)
      t.equal(answer.headers['x-content-type-options'], 'nosniff')
    }
  })

  await t.test('has nothing else', async (t) => {
    const [, version = ''] = /\/assets\/([^/]+)\//.exec(page.body) ?? []
    for (const url of [
      `/assets/${version}/app.ts`,
      `/assets/${version}/web/none.ts`,
      `/assets/${version}/web/tsconfig.json`,
      `/assets/${version}/web/../package.json`,
      `/assets/${version}/web/%2e%2e/package.json`,
      '/assets/0/web/main.ts',
    ]) {
      const answer = await app.inject(url)
      t.match([answer.statusCode, answer.json()], [404, { message: /^There is no \/assets\// }])
    }
  })
})

t.test('every module that is loaded at some time is there, as JavaScript', async (t) => {
  const assets = await readPageAssets()
  const later = new Set<string>()
  for (const path of assets.modulesOf('web/main.ts')) {
    const { text = '' } = assets.get(path) ?? {}
    for (const [, name = ''] of text.matchAll(/import\('\.\/([^']+)'\)/g)) later.add(`web/${name}`)
  }
  t.ok(later.size >= 3)
  const paths = ['web/main.ts', ...later].flatMap((path) => [...assets.modulesOf(path)])
  for (const path of new Set(paths)) {
    const asset = assets.get(path)
    t.ok(asset, path)
    if (path.endsWith('.ts')) t.equal(stripTypeScriptTypes(String(asset?.text)), asset?.text, path)
  }
})

t.test('the version changes with each change of a file', async (t) => {
  const { version } = await readPageAssets()
  t.match(version, /^[0-9a-f]{16}$/)
  t.equal((await readPageAssets()).version, version)
})

t.test('a path that is not there has no imports', async (t) => {
  const { modulesOf } = await readPageAssets()
  t.strictSame(modulesOf('web/none.ts'), new Set(['web/none.ts']))
})

t.test('the page is served from its own folders alone', async (t) => {
  const html = await readFile(new URL('../../web/index.html', import.meta.url), 'utf8')
  t.notMatch(html, /(?:href|src)="(?!\/assets\/|\/docs")/)
})
