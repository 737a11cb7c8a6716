import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { readConfig } from '../config/config.ts'
import type { Context } from './context.ts'

const HELP = `
Example:
  node cli/main.ts openapi --output openapi.json`

/** The OpenAPI document that the service serves at `/docs/json`, as text. */
async function readDocument(): Promise<string> {
  const { buildApp } = await import('../app.ts') // Loaded only here, because it takes a while.
  const folder = await mkdtemp(join(tmpdir(), 'aggregator-'))
  const app = buildApp(
    readConfig({
      LOG_LEVEL: 'silent',
      DATABASE_URL: `file:${join(folder, 'empty.db')}`,
      OFFERS_BASE_URL: 'http://127.0.0.1', // Never called, because there is no product.
    }),
  )
  try {
    await app.ready()
    const documentation = await app.documentation()
    return `${JSON.stringify(documentation.swagger(), null, 2)}\n`
  } finally {
    await app.close()
    await rm(folder, { recursive: true })
  }
}

/** `openapi`: writes the OpenAPI document to a file or standard output. */
export function addOpenapi(program: Command, { stdout }: Context): void {
  program
    .command('openapi')
    .description('write the OpenAPI document that the service serves at /docs/json')
    .option('--output <file>', 'the file to write or replace (default: standard output)')
    .addHelpText('after', HELP)
    .action(async ({ output }: { output?: string }) => {
      const document = await readDocument()
      if (output === undefined) stdout.write(document)
      else await writeFile(output, document)
    })
}
