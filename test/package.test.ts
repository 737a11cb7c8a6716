import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { Config } from '../config/config.ts'
import { PageBundler } from '../routes/page-bundle.ts'
import { SimulatorEnvironment } from '../simulator/config.ts'
import { FLAGS } from './process.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

t.test('the lockfile tells npm not to compile better-sqlite3', async (t) => {
  // The package ships its binaries and says `gypfile: false`. npm 10 does not copy that into the
  // lockfile and would then want Python and a compiler, so it is put there by hand; each
  // `npm install` of something drops it again.
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { gypfile?: boolean }>
  }
  t.equal(lock.packages['node_modules/better-sqlite3']?.gypfile, false)
})

/** Every file of the project that one loads, itself included, by path from the root. */
async function loadedBy(file: string, known = new Set<string>()): Promise<Set<string>> {
  if (known.has(file)) return known
  known.add(file)
  const text = /\.[jt]s$/.test(file) ? await readFile(join(root, file), 'utf8') : ''
  for (const [, path = ''] of text.matchAll(/(?:from|import|import\(|URL\()\s*'(\.[^']+\.\w+)'/g)) {
    await loadedBy(join(dirname(file), path), known)
  }
  return known
}

t.test('the image starts the service as npm does', async (t) => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: { start: string }
  }
  const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8')
  const [command] = /(?<=^CMD ).*$/m.exec(dockerfile) ?? []
  const words = scripts.start.split(' ')
  t.same(JSON.parse(String(command)), words)
  t.ok(dockerfile.includes(` ${words.join(' ')} &`), 'what it compiles is kept for those flags')
})

t.test('the demonstration starts with the flags of the service', async (t) => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: { demo: string }
  }
  t.ok(FLAGS.length > 0)
  t.ok(scripts.demo.startsWith(`node ${FLAGS.join(' ')} cli/`))
})

t.test('the image has all that the service and the simulator load', async (t) => {
  const files = new Set([
    ...(await loadedBy('start.js')),
    ...(await loadedBy('simulator/server.ts')),
    ...(await loadedBy('cli/main.ts')),
    ...(await loadedBy('cli/health.ts')),
    ...(await new PageBundler(root).current()).sources,
  ])
  t.ok(files.size > 100)
  const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8')
  t.match(dockerfile, /^COPY \. \.$/m, 'what is sent is copied')
  const ignore = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n')
  for (const place of new Set([...files].map((file) => file.split('/')[0] ?? ''))) {
    const sent = ignore.includes(`!${place}`) || (place.endsWith('.ts') && ignore.includes('!*.ts'))
    t.ok(sent, `${place} is sent`)
  }
})

t.test('the image says what the package says', async (t) => {
  const { name, description, license } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as Record<string, string>
  const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8')
  const labels = { title: name, description, licenses: license }
  for (const [label, value] of Object.entries(labels)) {
    t.ok(dockerfile.includes(`org.opencontainers.image.${label}="${value}"`), label)
  }
})

t.test('the image installs what the lockfile says', async (t) => {
  const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8')
  const ignore = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n')
  const [installing = ''] = dockerfile.split('RUN npm ci')
  const [, names = ''] = /^COPY (.*) \S+$/m.exec(installing) ?? []
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
    t.ok(names.split(' ').includes(file), `${file} is copied`)
    t.ok(ignore.includes(`!${file}`), `${file} is sent`)
  }
})

t.test('compose.yaml hands every variable to the service and to the simulator', async (t) => {
  const compose = await readFile(join(root, 'compose.yaml'), 'utf8')
  const [service = '', simulator = ''] = compose.split(/^ {2}simulator:$/m)
  const cases = [
    [service, Config],
    [simulator, SimulatorEnvironment],
  ] as const
  for (const [text, { properties }] of cases) {
    // There is no built-in simulator with NODE_ENV=production.
    const names = Object.keys(properties).filter(
      (name) => text === simulator || !/^SIMULATOR/.test(name),
    )
    for (const name of names) t.match(text, new RegExp(`^      ${name}:`, 'm'))
  }
})
