import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { PageBundler } from '../../routes/page-bundle.ts'
import { temporaryFolder } from '../helper.ts'

const HTML = '<link href="/web/index.css">\n<script src="/web/main.ts"></script>\n'

/** A project with a small page. */
async function project(t: Test) {
  const root = await temporaryFolder(t)
  let edits = 0
  /** Writes a file, each time a second later, as people do. */
  async function write(name: string, text: string) {
    const path = join(root, 'web', name)
    await writeFile(path, text)
    edits += 1
    await utimes(path, edits, edits)
  }
  await mkdir(join(root, 'web'))
  await write('index.html', HTML)
  await write('index.css', 'body { margin: 0 }')
  await write('icon.svg', '<svg/>')
  await write('main.ts', 'import { text } from "./text.ts"\ndocument.title = text')
  await write('text.ts', 'export const text: string = "before"')
  return { bundler: new PageBundler(root), write }
}

t.test('a bundle has the page with the URLs of its files, and what it is made from', async (t) => {
  const { bundler } = await project(t)
  const { html, files, sources } = await bundler.current()
  const names = [...files.keys()].map((name) => name.replace(/-\w+/, '-HASH'))
  t.strictSame(names.sort(), [
    'icon-HASH.svg',
    'index-HASH.css',
    'index-HASH.css.map',
    'main-HASH.js',
    'main-HASH.js.map',
  ])
  t.match(html, /^<link href="\/assets\/index-\w+\.css">\n<script src="\/assets\/main-\w+\.js">/)
  t.strictSame(sources.sort(), [
    'web/icon.svg',
    'web/index.css',
    'web/index.html',
    'web/main.ts',
    'web/text.ts',
  ])
})

t.test('the script has all that later parts share with it, however few of them do', async (t) => {
  const { bundler, write } = await project(t)
  await write('main.ts', 'import "./text.ts"\nimport("./view.ts")\nimport("./dialog.ts")')
  await write('view.ts', 'import { text } from "./text.ts"\nexport const view = text')
  await write('dialog.ts', 'export { text as dialog } from "./text.ts"')
  const { html, files, sources } = await bundler.current()
  const [, script = ''] = /src="\/assets\/([^"]+)"/.exec(html) ?? []
  const texts = [...files].filter(([name, { text }]) => /js$/.test(name) && /before/.test(text))
  t.strictSame(
    texts.map(([name]) => name),
    [script],
  )
  t.ok(sources.includes('web/view.ts'))
  t.notOk(sources.some((path) => path.includes(':')))
})

t.test('a bundle is kept while its sources stay the same', async (t) => {
  const { bundler } = await project(t)
  const first = await bundler.current()
  t.equal(await bundler.current(), first)
  t.equal(await bundler.last(), first)
})

t.test('files can be had before anyone has asked for the page', async (t) => {
  const { bundler } = await project(t)
  t.equal(await bundler.last(), await bundler.current())
})

t.test('an edit is in the next page, and renames only the files that it changes', async (t) => {
  const { bundler, write } = await project(t)
  const before = await bundler.current()
  await write('text.ts', 'export const text = "after"')
  t.equal(await bundler.last(), before)
  const after = await bundler.current()
  const changed = [...after.files.keys()].filter((name) => !before.files.has(name))
  t.match(changed, [/^main-\w+\.js\.map$/, /^main-\w+\.js$/])
  t.match(after.files.get(String(changed[1]))?.text, 'after')
  t.equal(await bundler.last(), after)
})

t.test(
  'a source that cannot be bundled is told where it is wrong, until it is mended',
  async (t) => {
    const { bundler, write } = await project(t)
    await bundler.current()
    await write('text.ts', 'export const')
    await t.rejects(bundler.current(), /web\/text\.ts:1:12: ERROR/)
    await t.rejects(bundler.current(), /web\/text\.ts:1:12: ERROR/)
    await write('text.ts', 'export const text = "mended"')
    t.match([...(await bundler.current()).files.values()].map(({ text }) => text).join(), 'mended')
  },
)
