import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { isSpecial } from '../db/file-path.ts'
import { writeWhole } from '../db/whole-file.ts'
import { type FileFormat, formatOf } from '../import-export/format.ts'
import { PRODUCT_LINES } from '../import-export/product-lines.ts'
import type { ProductList } from '../schemas/product.ts'
import type { Status } from '../schemas/status.ts'
import { apiAt, urlOption } from './api.ts'
import { startBar } from './bar.ts'
import type { Context } from './context.ts'
import { formatOption } from './format-option.ts'
import { count, secondsSince } from './text.ts'

const HELP = `
What is exported can be imported: the names and descriptions of it.

Examples:
  node cli/main.ts export --output products.csv
  node cli/main.ts export --format ndjson --q mower | gzip > mowers.ndjson.gz`

/** As many as the API gives at once. */
const PAGE = '200'

interface ExportFlags {
  output?: string
  format?: FileFormat
  q?: string
  url?: string
}

type Call = ReturnType<typeof apiAt>

/** The products in the order of their creation, page by page. */
async function* pages(call: Call, q: string | undefined, signal: AbortSignal) {
  const query = new URLSearchParams({ sort: 'created_at', limit: PAGE, ...(q && { q }) })
  for (let more = true; more; more = query.has('cursor')) {
    const path = `/products?${query}`
    const page = await call<ProductList>({ path, signal })
    yield page.items
    query.delete('cursor')
    if (page.next_cursor !== null) query.set('cursor', page.next_cursor)
  }
}

async function exportProducts(flags: ExportFlags, context: Context): Promise<void> {
  const { output, q, url, format = formatOf(output ?? '') ?? 'csv' } = flags
  const { signal, stdout, stderr } = context
  const started = performance.now()
  const call = apiAt(url, context)
  const { products } = await call<Status>({ path: '/status', signal })
  const { head, line } = PRODUCT_LINES[format]
  // Where the products themselves go to the terminal, a bar would be in their way.
  const watched = output !== undefined || !stdout.isTTY
  const total = q ? undefined : products
  const bar = watched ? startBar(context, '{done} exported', total, { done: '0' }) : undefined
  let done = 0
  async function* lines() {
    yield head
    for await (const page of pages(call, q, signal)) {
      yield page.map(line).join('')
      done += page.length
      bar?.update(done, { done: count(done) })
    }
  }
  const writeTo = (file: string) => pipeline(lines, createWriteStream(file), { signal })
  try {
    if (output === undefined) await pipeline(lines, stdout, { signal, end: false })
    else if (await isSpecial(output)) await writeTo(output)
    else await writeWhole(output, writeTo)
  } finally {
    bar?.stop()
  }
  stderr.write(`${count(done)} exported, in ${secondsSince(started)}\n`)
}

/** Who reads the products may stop when it has enough, as `head` does. */
function ignoreClosedPipe(error: Error & { code?: string }): void {
  if (error.code !== 'EPIPE') throw error
}

/** `export`: all products, or those that a search finds, as a file or on standard output. */
export function addExport(program: Command, context: Context): void {
  program
    .command('export')
    .description('write all products to a file, through the API of a running service')
    .option('--output <file>', 'the file, written anew, or a pipe (default: standard output)')
    .addOption(formatOption('the format (default: as the name of the file tells, or csv)'))
    .option('--q <words>', 'only products that this search finds')
    .addOption(urlOption())
    .addHelpText('after', HELP)
    .action((flags: ExportFlags) => exportProducts(flags, context).catch(ignoreClosedPipe))
}
