/** What `npm run check` refuses, tried on small projects that break one rule each under this project's configuration. */
import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { temporaryFolder } from './helper.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The layers from the top to the bottom. What stands in one line may import each other, as long as no cycle comes of it. */
const LAYERS = [
  ['bench', 'cli', 'docs', 'scripts', 'test'],
  ['app.ts', 'server.ts'],
  ['routes'],
  ['plugins'],
  ['simulator'],
  ['feed', 'import-export', 'offers'],
  ['db'],
  ['alerts', 'history', 'schemas'],
  ['config'],
  ['concurrency', 'files', 'http', 'search', 'trimmed'],
]

/** What the page, which runs in browsers, may import of the service. */
const IN_BROWSERS = ['history', 'import-export', 'schemas']

/** Makes a project of the given files with this project's configuration, and returns its folder. */
async function project(t: Test, files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder(t)
  for (const name of ['biome.json', 'layers.json', 'knip.json']) {
    await cp(join(root, name), join(folder, name))
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

/** Runs one of this project's tools in a folder; resolves with what it prints, whatever its exit status. */
function run(tool: string, args: string[], cwd: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { cwd, maxBuffer: 2 ** 26, env: { ...process.env, NO_COLOR: '1' } }
    execFile(join(root, 'node_modules/.bin', tool), args, options, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    )
  })
}

/** What the linter reports of a project, as `rule file:line`. */
async function lint(folder: string): Promise<string[]> {
  const args = ['--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github', '.']
  const printed = await run('biome', ['lint', ...args], folder)
  const found = printed.matchAll(/title=lint\/\w+\/(\w+),file=([^,]+),line=(\d+)/g)
  return [...found].map(([, rule, file = '', line]) => {
    return `${rule} ${file.replace(`${folder}/`, '')}:${line}`
  })
}

/** A file that imports something of each of these places, one a line; `up` leads from its folder to the root. */
const importing = (up: string, places: string[]): string =>
  places.map((to) => `import '${up}${to.endsWith('.ts') ? to : `${to}/some.ts`}'\n`).join('')

t.test('every folder has its layer', async (t) => {
  const entries = await readdir(root, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory() && /^[a-z]/.test(entry.name))
  // `data` is where the service keeps its database once it was started here.
  const known = new Set([...LAYERS.flat(), 'web', 'packages', 'deploy', 'node_modules', 'data'])
  t.strictSame(
    folders.map(({ name }) => name).filter((name) => !known.has(name)),
    [],
  )
})

t.test('an import that points up the layers is refused, any other is not', async (t) => {
  const places = LAYERS.flat()
  const files: Record<string, string> = {}
  const expected: string[] = []
  const bound = [
    ...LAYERS.slice(2).flatMap((layer, index) =>
      layer.map((from) => ({ from, refused: LAYERS.slice(0, index + 2).flat() })),
    ),
    { from: 'web', refused: places.filter((to) => !/\.ts$/.test(to) && !IN_BROWSERS.includes(to)) },
  ]
  for (const { from, refused } of bound) {
    for (const [path, up] of [
      ['some.ts', '../'],
      ['deep/some.ts', '../../'],
    ] as const) {
      files[`${from}/${path}`] = importing(up, places)
      expected.push(
        ...refused.map((to) => `noRestrictedImports ${from}/${path}:${places.indexOf(to) + 1}`),
      )
    }
  }
  const found = await lint(await project(t, files))
  t.strictSame(
    found.filter((line) => line.startsWith('noRestrictedImports')).sort(),
    expected.sort(),
  )
})

t.test('types and dynamic imports count', async (t) => {
  const text = `import type { A } from '../db/some.ts'
export const a = (): Promise<A> => import('../routes/some.ts')
export type { B } from '../plugins/some.ts'
`
  const found = await lint(await project(t, { 'history/some.ts': text }))
  const lines = [1, 2, 3].map((line) => `noRestrictedImports history/some.ts:${line}`)
  t.strictSame(found.sort(), lines)
})

t.test('a cycle is refused, also one of types', async (t) => {
  const found = await lint(
    await project(t, {
      'history/a.ts': `import type { B } from './b.ts'\nexport type A = B[]\n`,
      'history/b.ts': `import type { A } from './a.ts'\nexport type B = A | 1\n`,
    }),
  )
  t.strictSame(found.sort(), ['noImportCycles history/a.ts:1', 'noImportCycles history/b.ts:1'])
})

t.test('unused code is refused', async (t) => {
  const folder = await project(t, {
    'package.json': JSON.stringify({
      name: 'small',
      type: 'module',
      scripts: { start: 'node start.js' },
      dependencies: { idle: '1.0.0' },
      devDependencies: { resting: '1.0.0' },
    }),
    'start.js': `import { used } from './history/some.ts'\nused()\n`,
    'history/some.ts': `export function used(): void {}
export function unusedFunction(): void {}
export interface UnusedType {}
`,
    'history/unused-file.ts': 'export const a = 1\n',
  })
  const printed = await run('knip', ['--no-progress'], folder)
  for (const name of ['unused-file.ts', 'idle', 'resting', 'unusedFunction', 'UnusedType']) {
    t.match(printed, name)
  }
  t.notMatch(printed, /\bused\b/)
})

t.test('a file of more than 300 lines is refused, of whatever kind', async (t) => {
  const lines = (count: number) => 'export {}\n'.repeat(count)
  const rules = (count: number) => 'a {\n}\n'.repeat(count / 2)
  const found = await lint(
    await project(t, {
      'history/long.ts': lines(301),
      'history/short.ts': lines(300),
      'test/long.test.ts': lines(301),
      'web/long.css': rules(302),
      'web/short.css': rules(300),
    }),
  )
  t.strictSame(found.filter((line) => line.startsWith('noExcessiveLinesPerFile')).sort(), [
    'noExcessiveLinesPerFile history/long.ts:1',
    'noExcessiveLinesPerFile test/long.test.ts:1',
    'noExcessiveLinesPerFile web/long.css:1',
  ])
})

t.test('npm run check runs both', async (t) => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: { check: string }
  }
  t.match(scripts.check, /biome ci \..* && knip/)
})
