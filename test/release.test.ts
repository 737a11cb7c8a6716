/** `npm run release`, in a temporary copy of the project that is a repository of its own. */
import { execFile } from 'node:child_process'
import { appendFile, cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import packageJson from '../package.json' with { type: 'json' }
import { temporaryFolder } from './helper.ts'
import { trackedFiles } from './tracked-files.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)

const { PATH = '', HOME = '' } = process.env
const IDENTITY = { name: 'A. Maintainer', email: 'maintainer@example.com' }
const variables = {
  PATH,
  HOME,
  NO_COLOR: '1',
  GIT_CONFIG_GLOBAL: '/dev/null', // Whoever runs this test may sign tags, or have hooks.
  GIT_AUTHOR_NAME: IDENTITY.name,
  GIT_AUTHOR_EMAIL: IDENTITY.email,
  GIT_COMMITTER_NAME: IDENTITY.name,
  GIT_COMMITTER_EMAIL: IDENTITY.email,
}

/** A copy of the project with everything committed, and ways to run git and a release in it. */
async function copyOfProject(t: Test) {
  const folder = await temporaryFolder(t)
  const options = { cwd: folder, env: variables, maxBuffer: 2 ** 26 }
  const git = async (...args: string[]) => (await run('git', args, options)).stdout.trim()
  await Promise.all((await trackedFiles()).map((file) => cp(join(root, file), join(folder, file))))
  await git('init', '--quiet', '--initial-branch=main')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'Everything so far')
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return {
    folder,
    git,
    read: (file: string) => readFile(join(folder, file), 'utf8'),
    release: (kind: string) => run('npm', ['run', 'release', '--', kind], options),
  }
}

/** The changelog of a project with one unreleased entry. */
const CHANGELOG = `# Changelog

## [Unreleased]

### Added

- A new thing.

## [0.0.1] - 2026-01-01

### Added

- An old thing.
`

t.test('a release has its version in all files, one commit and one tag', async (t) => {
  const { folder, git, read, release } = await copyOfProject(t)
  await writeFile(join(folder, 'CHANGELOG.md'), CHANGELOG)
  await git('commit', '--quiet', '--all', '--message', 'One entry')
  await release('minor')

  const [major, minor] = packageJson.version.split('.')
  const version = `${major}.${Number(minor) + 1}.0`
  const names = { version }
  t.match(JSON.parse(await read('package.json')), names)
  t.match(JSON.parse(await read('package-lock.json')), {
    ...names,
    packages: { '': names, 'packages/client': names },
  })
  t.match(JSON.parse(await read('packages/client/package.json')), names)
  t.match(JSON.parse(await read('openapi.json')), { info: names })
  t.match(
    await read('CHANGELOG.md'),
    /^# Changelog\n\n## \[Unreleased\]\n\n## \[[\d.]+\] - \d{4}-\d\d-\d\d\n\n### Added\n\n- A new thing\.\n\n## \[0\.0\.1\]/,
  )
  t.ok((await read('CHANGELOG.md')).includes(`## [${version}] - `))
  t.equal(await git('log', '--format=%s', '-2'), `Release ${version}\nOne entry`)
  t.equal(await git('tag', '--points-at', 'HEAD'), `v${version}`)
  t.equal(await git('status', '--porcelain', '--untracked-files=no'), '')
  const changed = await git('show', '--numstat', '--format=', 'HEAD')
  t.same(changed.replaceAll('\t', ' ').split('\n'), [
    '2 0 CHANGELOG.md',
    '1 1 openapi.json',
    '3 3 package-lock.json',
    '1 1 package.json',
    '1 1 packages/client/package.json',
  ])
})

t.test('a release is refused, and changes nothing', async (t) => {
  const { folder, git, read, release } = await copyOfProject(t)
  const before = await git('rev-parse', 'HEAD')
  async function refused(kind: string, says: RegExp): Promise<void> {
    await t.rejects(release(kind), says)
    t.equal(await git('rev-parse', 'HEAD'), before)
    t.equal(JSON.parse(await read('package.json')).version, packageJson.version)
  }
  await appendFile(join(folder, 'README.md'), 'Not committed.\n')
  await refused('patch', /Git working directory not clean/)
  await git('checkout', '--quiet', '.')
  await refused('enormous', /Invalid version/)

  await writeFile(join(folder, 'CHANGELOG.md'), '# Changelog\n\n## [Unreleased]\n')
  await git('commit', '--quiet', '--all', '--amend', '--no-edit')
  await t.rejects(release('patch'), /has no entries under "## \[Unreleased\]"/)
  t.equal(JSON.parse(await read('package.json')).version, packageJson.version)
  t.equal(await git('tag'), '')
})
