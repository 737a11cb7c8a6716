/** The published client in Node.js, and in the runtimes that `CLIENT_RUNTIMES` names. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { alone, installed, listenTo, scriptOf, scriptOfUses } from './packed.ts'
import { startService } from './service.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
const run = promisify(execFile)

/** What a browser has to load, compressed. */
const MAX_BYTES = 10_000

/** The programs that run the client's uses, and how each is told to, by the beginning of its name. */
const { CLIENT_RUNTIMES = '' } = process.env
const PROGRAMS = [process.execPath, ...CLIENT_RUNTIMES.split(delimiter).filter(Boolean)]
const ARGUMENTS: [program: string, args: string[]][] = [
  ['node', ['--expose-gc']],
  ['deno', ['run', '--allow-net']],
]

/** How long the uses may take, in ms. */
const LONGEST_MS = 300_000

t.test('the packed client', async (t) => {
  const folder = await installed()
  const client = join(folder, 'node_modules/product-aggregator-client')

  await t.test('holds what it says, and nothing else', async (t) => {
    const files = await readdir(client)
    t.same(files.sort(), ['LICENSE', 'README.md', 'dist', 'package.json'])
    const { version } = JSON.parse(await readFile(join(client, 'package.json'), 'utf8'))
    const service = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    t.equal(version, service.version, 'it is released with the service')
  })

  await t.test('is small, and needs nothing that only Node.js has', async (t) => {
    const script = await scriptOf('node_modules/product-aggregator-client/dist/index.js', {
      minify: true,
    })
    const { length } = gzipSync(script)
    t.ok(length < MAX_BYTES, `${length} bytes`)
  })

  await t.test('has types, which its README and the uses of it fit', async (t) => {
    const readme = await readFile(join(client, 'README.md'), 'utf8')
    const blocks = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code)
    t.ok(blocks.length >= 4)
    await mkdir(join(folder, 'readme'))
    for (const [index, code] of blocks.entries()) {
      await writeFile(join(folder, `readme/${index}.ts`), `${code}\nexport {}\n`)
    }
    const options = JSON.parse(await readFile(join(here, 'tsconfig.generated.json'), 'utf8'))
    options.compilerOptions.typeRoots = [join(root, 'node_modules/@types')]
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options))
    const tsc = join(here, 'node_modules/.bin/tsc')
    const { stdout } = await run(tsc, [], alone(folder)).catch(({ stdout }) => ({ stdout }))
    t.equal(stdout, '')
  })

  for (const program of PROGRAMS) {
    await t.test(`is used in ${basename(program)}, and lets it end`, async (t) => {
      const service = await startService(t)
      const external = ['product-aggregator-client'] // Each runtime finds it by itself.
      await writeFile(join(folder, 'main.js'), await scriptOfUses(service, { external }))
      const [, args = []] = ARGUMENTS.find(([name]) => basename(program).startsWith(name)) ?? []
      const child = spawn(program, [...args, 'main.js'], {
        ...alone(folder),
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: LONGEST_MS,
      })
      t.teardown(() => child.kill())
      const { line, check } = listenTo(service)
      createInterface(child.stdout).on('line', line)
      t.strictSame(await once(child, 'close'), [0, null])
      check(t)
    })
  }
})
