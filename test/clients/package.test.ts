/** The package `packages/client`, packed and installed in an empty folder as a stranger would. */
import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import t, { type Test } from 'tap'
import { temporaryFolder } from '../helper.ts'
import { startService } from './service.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
const run = promisify(execFile)

/** What a browser has to load, compressed. */
const MAX_BYTES = 10_000

const { PATH, HOME } = process.env
const alone = (cwd: string) => ({ cwd, env: { PATH, HOME } })

/** A folder with nothing but a package.json in which the tarball of the client, and its dependencies, are installed. */
async function install(t: Test): Promise<string> {
  const folder = await temporaryFolder(t)
  const packages = ['packages/client', 'node_modules/openapi-fetch']
  packages.push('node_modules/openapi-typescript-helpers')
  for (const each of packages) {
    const scripts = each.startsWith('packages') ? [] : ['--ignore-scripts'] // The others are built.
    await run('npm', ['pack', ...scripts, '--pack-destination', folder], alone(join(root, each)))
  }
  const tarballs = (await readdir(folder)).filter((name) => name.endsWith('.tgz'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }')
  await run('npm', ['install', '--offline', ...tarballs.map((name) => `./${name}`)], alone(folder))
  return folder
}

t.test('the packed client', async (t) => {
  const folder = await install(t)
  const installed = join(folder, 'node_modules/product-aggregator-client')

  await t.test('holds what it says, and nothing else', async (t) => {
    const files = await readdir(installed)
    t.same(files.sort(), ['LICENSE', 'README.md', 'dist', 'package.json'])
    const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
    const service = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    t.equal(version, service.version, 'it is released with the service')
  })

  await t.test('is small, and needs nothing that only Node.js has', async (t) => {
    const { outputFiles } = await build({
      entryPoints: [join(installed, 'dist/index.js')],
      ...{ bundle: true, minify: true, write: false, format: 'esm', platform: 'browser' },
    })
    const [{ contents } = { contents: new Uint8Array() }] = outputFiles
    t.ok(gzipSync(contents).length < MAX_BYTES, `${gzipSync(contents).length} bytes`)
  })

  await t.test('has types, which its README and the uses of it fit', async (t) => {
    const readme = await readFile(join(installed, 'README.md'), 'utf8')
    const blocks = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code)
    t.ok(blocks.length >= 4)
    await mkdir(join(folder, 'readme'))
    for (const [index, code] of blocks.entries()) {
      await writeFile(join(folder, `readme/${index}.ts`), `${code}\nexport {}\n`)
    }
    await cp(join(here, 'package/uses.ts'), join(folder, 'uses.ts'))
    const options = JSON.parse(await readFile(join(here, 'tsconfig.generated.json'), 'utf8'))
    options.compilerOptions.typeRoots = [join(root, 'node_modules/@types')]
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options))
    const tsc = join(here, 'node_modules/.bin/tsc')
    const { stdout } = await run(tsc, [], alone(folder)).catch(({ stdout }) => ({ stdout }))
    t.equal(stdout, '')
  })

  const client = await import(join(installed, 'dist/index.js'))
  const { uses } = await import(join(here, 'package/uses.ts'))
  for (const what of Object.keys(uses)) {
    await t.test(what, async (t) => uses[what](client, await startService(t)))
  }
})
