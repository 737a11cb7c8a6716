/** Every script that the README lists starts, run as people run it: by npm, in the project's folder. */
import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import packageJson from '../package.json' with { type: 'json' }
import { temporaryFolder } from './helper.ts'
import { readPages } from './pages.ts'
import { call } from './process.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The arguments of `env` that run a script with these variables alone: tap adds its own to every process, and
 * would measure the coverage of code that comes from the cache of what was compiled.
 */
function npmRun(script: string, args: string[], variables: Record<string, string> = {}): string[] {
  const { PATH = '', HOME = '' } = process.env
  const set = Object.entries({ PATH, HOME, ...variables }).map(
    ([name, value]) => `${name}=${value}`,
  )
  return ['-i', ...set, 'npm', 'run', '-s', script, '--', ...args]
}

/** The scripts that come to an end, with arguments that have them do little, and what they say. */
const ENDING: Record<string, [args: string[], says: RegExp]> = {
  import: [['--help'], /^Usage:/],
  export: [['--help'], /^Usage:/],
  backup: [['--help'], /^Usage:/],
  restore: [['--help'], /^Usage:/],
  demo: [['--help'], /^Usage:/],
  verify: [['--help'], /^Usage:/],
  migrate: [['--help'], /^Usage:/],
  'migrate-to': [['--help'], /^Usage:/],
  openapi: [['--help'], /^Usage:/],
  docs: [['/dev/null'], /^$/],
  scale: [['--nothing'], /Unknown option '--nothing'/],
  bench: [['--step', 'none'], /there is no step none/],
  'db:generate': [['--help'], /drizzle-kit generate/],
  'db:generate:postgres': [['--help'], /drizzle-kit generate/],
  'db:check': [[], /^$/],
}

/** The scripts that run until a signal ends them. */
const LASTING = ['start', 'dev', 'simulator']

/**
 * What runs elsewhere: this test is part of the first two, `.ci/run` runs the next two, screenshots take minutes, and
 * `release.test.ts` runs the others.
 */
const ELSEWHERE = [
  'pretest',
  'test',
  'check',
  'check:container',
  'screenshots',
  'release',
  'preversion',
  'version',
]

t.test('every script is tried here, or is known to be tried elsewhere', async (t) => {
  t.same(
    Object.keys(packageJson.scripts).sort(),
    [...Object.keys(ENDING), ...LASTING, ...ELSEWHERE].sort(),
  )
})

for (const [script, [args, says]] of Object.entries(ENDING)) {
  t.test(`npm run ${script} starts`, async (t) => {
    const output = await new Promise<string>((resolve) => {
      execFile('env', npmRun(script, args), { cwd: root }, (_error, stdout, stderr) =>
        resolve(stdout + stderr),
      )
    })
    t.match(output.trim(), says)
  })
}

for (const script of LASTING) {
  t.test(`npm run ${script} listens`, async (t) => {
    const DATABASE_URL = `file:${join(await temporaryFolder(t), 'test.db')}`
    const variables = { PORT: '0', SIMULATOR_PORT: '0', DATABASE_URL }
    const child = spawn('env', npmRun(script, [], variables), {
      cwd: root,
      detached: true, // A group of its own, so that what npm has started ends as well.
    })
    t.teardown(() => process.kill(-Number(child.pid), 'SIGKILL'))
    const url = await new Promise<string>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [found] = /http:\/\/[\d.:]+/.exec(/listening at .*/i.exec(line)?.[0] ?? '') ?? []
        if (found) resolve(found)
      })
    })
    const created = await call('POST', `${url}/api/v1/products`, { name: 'Mower' })
    t.equal(created.status, script === 'simulator' ? 404 : 201)
  })
}

t.test('every script that a page names exists', async (t) => {
  const pages = await readPages()
  const named = pages.flatMap(({ text }) =>
    [...text.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name),
  )
  t.same(
    named.filter((name) => !(name in packageJson.scripts)),
    [],
  )
})
