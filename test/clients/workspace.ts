import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { blocksBelow, commandsOf, filesOf, PAGE_URL } from './page.ts'
import type { Use } from './uses.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

const ENV = {
  PATH: [
    join(here, 'node_modules/.bin'),
    join(here, '../../node_modules/.bin'),
    dirname(process.execPath),
  ].join(delimiter),
  REDOCLY_TELEMETRY: 'off',
  REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
}

/** What a program did. */
export interface Outcome {
  ok: boolean
  /** What it wrote on standard output. */
  output: string
  /** What it wrote on standard error. */
  faults: string
}

/** Runs a program that npm installed, in a folder. */
export function run(folder: string, [program = '', ...args]: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: folder, env: ENV }, (error, output, faults) => {
      resolve({ ok: error === null, output, faults })
    })
  })
}

/**
 * A folder, gone after the test, with the program of this name and all that the page has below the
 * heading: its files, and what its generators make of the document that is served at `url`.
 */
export async function generate(t: Test, program: string, heading: string, url: string) {
  const folder = await mkdtemp(join(here, '.generated-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await cp(join(here, program), folder, { recursive: true })
  const blocks = await blocksBelow(heading)
  const onPage = (text: string) => text.replaceAll(PAGE_URL, url)
  for (const { name, text } of filesOf(blocks)) await writeFile(join(folder, name), onPage(text))
  for (const command of commandsOf(blocks)) {
    const { ok, output, faults } = await run(folder, command.map(onPage))
    t.ok(ok, `${command.join(' ')}\n${output}${faults}`)
  }
  await writeFile(join(folder, 'tsconfig.json'), '{ "extends": "../tsconfig.generated.json" }')
  return {
    /** Has TypeScript check all of it. */
    check: () => run(folder, ['tsc']),
    /** The uses of the program, by the ids of the operations. */
    async uses() {
      const module = (await import(join(folder, 'program.ts'))) as { uses: Record<string, Use> }
      return module.uses
    },
  }
}
