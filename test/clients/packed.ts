/** The package `packages/client`, packed and installed in an empty folder as a stranger would, and its uses. */
import { execFile } from 'node:child_process'
import { cp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type BuildOptions, build } from 'esbuild'
import t, { type Test } from 'tap'
import { once, temporaryFolder } from '../helper.ts'
import type { Service } from './uses.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))
const run = promisify(execFile)

const { PATH, HOME } = process.env
export const alone = (cwd: string) => ({ cwd, env: { PATH, HOME } })

/**
 * A folder with nothing but a package.json in which the tarball of the client, and its dependencies, are installed.
 * `uses` in it has the programs that use the client.
 */
export const installed = once(async (): Promise<string> => {
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
  await cp(join(here, 'package'), join(folder, 'uses'), { recursive: true })
  return folder
})

/** A program of the folder as one script. */
export async function scriptOf(entry: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(await installed(), entry)],
    ...{ bundle: true, format: 'esm', platform: 'browser' },
    ...options,
    write: false,
  })
  return outputFiles.map(({ text }) => text).join()
}

/** The uses of the client as one script, which tells on the console what becomes of each. */
export function scriptOfUses(
  { url, token, productId }: Service,
  options: BuildOptions = {},
): Promise<string> {
  const SERVICE = JSON.stringify({ url, token, productId })
  return scriptOf('uses/main.ts', { ...options, define: { SERVICE } })
}

/** Listens to the lines of that script. */
export function listenTo({ hangUp }: Service) {
  const outcomes: { name: string; fault: string | null }[] = []
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return {
    line(text: string): void {
      if (text === 'hang up') hangUp()
      else if (text === 'end') end()
      else if (text.startsWith('use ')) outcomes.push(JSON.parse(text.slice('use '.length)))
    },
    ended,
    /** A use that failed fails the test, unless it is one of `failing`. */
    check(t: Test, failing: string[] = []): void {
      t.ok(outcomes.length > failing.length)
      for (const { name, fault } of outcomes) {
        if (failing.includes(name)) t.type(fault, 'string', `${name}, which fails`)
        else t.equal(fault, null, name)
      }
    },
  }
}
