import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'
import { Config } from '../config.ts'
import { SimulatorEnvironment } from '../offers/simulator/config.ts'
import { startApp } from './helper.ts'

const read = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8')

const variables = [Config, SimulatorEnvironment].flatMap(({ properties }) =>
  Object.keys(properties),
)

t.test('every environment variable is in the README and in .env.example', async (t) => {
  const [readme, example] = [await read('README.md'), await read('.env.example')]
  for (const name of variables) {
    t.ok(readme.includes(`| \`${name}\` |`), `README.md: ${name}`)
    t.match(example, new RegExp(`^# ${name}=`, 'm'), `.env.example: ${name}`)
  }
})

t.test('.env.example has no variable that does not exist', async (t) => {
  const named = (await read('.env.example')).matchAll(/^#? ?([A-Z_]+)=/gm)
  t.same([...named].map(([, name]) => name).sort(), variables.toSorted())
})

t.test('the README names the default of every variable that has one', async (t) => {
  const readme = await read('README.md')
  for (const { properties } of [Config, SimulatorEnvironment]) {
    for (const [name, schema] of Object.entries(properties)) {
      const shown = 'default' in schema ? `\`${schema.default}\`` : 'none'
      t.ok(readme.includes(`| \`${name}\` | ${shown} |`), `${name}: ${shown}`)
    }
  }
})

t.test('every script is in the README', async (t) => {
  const readme = await read('README.md')
  const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> }
  for (const name of Object.keys(scripts).filter((name) => !name.startsWith('pre'))) {
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
    ['/', '/assets/{version}/*'],
    'the page and its files, and /docs',
  )
})

t.test('openapi.json is the document that the service serves', async (t) => {
  const app = await startApp(t)
  const served = await app.inject('/docs/json')
  t.same(JSON.parse(await read('openapi.json')), served.json(), 'npm run openapi writes it')
})

t.test('every folder is in the README', async (t) => {
  const readme = await read('README.md')
  const entries = await readdir(new URL('..', import.meta.url), { withFileTypes: true })
  const ignored = ['node_modules', 'data']
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    if (name.startsWith('.') || ignored.includes(name)) continue
    t.match(readme, `\`${name}/`, name)
  }
})
