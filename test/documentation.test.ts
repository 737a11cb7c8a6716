import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { Config } from '../config/config.ts'
import { configurationPage } from '../docs/configuration-page.ts'
import { SimulatorEnvironment } from '../simulator/config.ts'
import { startApp } from './helper.ts'
import { readPages } from './pages.ts'
import { trackedFiles } from './tracked-files.ts'

const read = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8')

const variables = [
  ...new Set([Config, SimulatorEnvironment].flatMap(({ properties }) => Object.keys(properties))),
]

t.test('every environment variable is in .env.example', async (t) => {
  const example = await read('.env.example')
  for (const name of variables) t.match(example, new RegExp(`^# ${name}=`, 'm'), name)
})

t.test('.env.example has no variable that does not exist', async (t) => {
  const named = (await read('.env.example')).matchAll(/^#? ?([A-Z_]+)=/gm)
  t.same([...named].map(([, name]) => name).sort(), variables.toSorted())
})

t.test('docs/configuration.md is what the schemas say', async (t) => {
  t.equal(await read('docs/configuration.md'), configurationPage(), 'npm run docs writes it')
})

t.test('every script is in the README', async (t) => {
  const readme = await read('README.md')
  const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> }
  for (const name of Object.keys(scripts).filter((name) => !/^(pre|version$)/.test(name))) {
    const command = ['start', 'test'].includes(name) ? `npm ${name}` : `npm run ${name}`
    t.ok(readme.includes(`| \`${command}\` |`), command)
  }
})

t.test('every route is in the OpenAPI document, or hidden on purpose', async (t) => {
  const app = await startApp(t)
  const documented = Object.keys((await app.documentation()).swagger().paths ?? {})
  const served = [...app.routeUrls].map((url) => url.replace(/:(\w+)/g, '{$1}'))
  t.ok(served.length > documented.length)
  const others = served.filter((url) => !documented.includes(url))
  t.same(
    others.filter((url) => !url.startsWith('/docs')),
    ['/', '/assets/{name}'],
    'the page and its files, and /docs',
  )
})

t.test('openapi.json is the document that the service serves', async (t) => {
  const app = await startApp(t)
  const served = await app.inject('/docs/json')
  t.same(JSON.parse(await read('openapi.json')), served.json(), 'npm run openapi writes it')
})

/** The places in the first column of the tables of docs/architecture.md. */
async function placesInArchitecture(): Promise<string[]> {
  const rows = (await read('docs/architecture.md')).match(/^\| `.+/gm) ?? []
  return rows.flatMap((row) =>
    [...String(row.split('|')[1]).matchAll(/`([^`]+)`/g)].map(([, place = '']) => place),
  )
}

t.test('every folder has a line in docs/architecture.md', async (t) => {
  const folders = new Set<string>()
  for (const file of await trackedFiles()) {
    const names = file.split('/').slice(0, -1)
    for (const index of names.keys()) folders.add(names.slice(0, index + 1).join('/'))
  }
  t.ok(folders.size > 30)
  const listed = new Set(await placesInArchitecture())
  const missing = [...folders].filter((folder) => {
    const mirrored = folder.startsWith('test/') && folders.has(folder.slice('test/'.length))
    return !mirrored && !listed.has(`${folder}/`)
  })
  t.strictSame(missing, [])
})

t.test('every file and folder in the tables of docs/architecture.md exists', async (t) => {
  const places = await placesInArchitecture()
  t.ok(places.length > 20)
  for (const place of places) t.ok(existsSync(new URL(`../${place}`, import.meta.url)), place)
})

t.test('the README is short', async (t) => {
  t.ok((await read('README.md')).split('\n').length <= 151)
})

/** The anchors of a page, as forges make them of its headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

t.test('every link between pages leads somewhere', async (t) => {
  const pages = await readPages()
  for (const { path, text } of pages) {
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : join(dirname(path), file)
      t.ok(existsSync(new URL(`../${target}`, import.meta.url)), `${path}: ${link}`)
      const page = pages.find((page) => page.path === target)
      if (anchor) t.ok(page && anchorsOf(page.text).includes(anchor), `${path}: ${link}`)
    }
  }
})

t.test('every metric that docs/operations.md names exists', async (t) => {
  const app = await startApp(t)
  const metrics = (await app.inject('/metrics')).body
  const rows = (await read('docs/operations.md')).matchAll(/^\| `([a-z_]+)` \|/gm)
  const names = [...rows].map(([, name = '']) => name)
  t.ok(names.length > 3)
  for (const name of names) t.match(metrics, new RegExp(`^# TYPE ${name} `, 'm'), name)
})
