import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { isSpecial } from '../files/file-path.ts'
import { writeWhole } from '../files/whole-file.ts'
import { DELIMITERS, type Delimiter } from '../import-export/csv.ts'
import { type FileFormat, formatOf } from '../import-export/format.ts'
import { productLines } from '../import-export/product-lines.ts'
import type { ProductList } from '../schemas/product.ts'
import type { Status } from '../schemas/status.ts'
import { apiAt, urlOption } from './api.ts'
import { startBar } from './bar.ts'
import type { Context } from './context.ts'
import { formatOption } from './format-option.ts'
import { count, secondsSince } from './text.ts'

const HELP = `
The export can be imported again; the import reads what clients wrote of each product. With
--on-conflict update, products that have an external_id come back as themselves.

Examples:
  node cli/main.ts export --output products.csv
  node cli/main.ts export --output excel.csv --bom --delimiter ';'
  node cli/main.ts export --format ndjson --q mower | gzip > mowers.ndjson.gz`

/** The largest page that the API serves. */
const PAGE_SIZE = '200'

interface ExportFlags {
  output?: string
  format?: FileFormat
  bom?: boolean
  delimiter?: Delimiter
  q?: string
  url?: string
}

type Api = ReturnType<typeof apiAt>

/** The products in order of creation, page by page. */
async function* pages(call: Api, q: string | undefined, signal: AbortSignal) {
  const query = new URLSearchParams({ sort: 'created_at', limit: PAGE_SIZE, ...(q && { q }) })
  for (let more = true; more; more = query.has('cursor')) {
    const path = `/products?${query}`
    const page = await call<ProductList>({ path, signal })
    yield page.items
    query.delete('cursor')
    if (page.next_cursor !== null) query.set('cursor', page.next_cursor)
  }
}

async function exportProducts(flags: ExportFlags, context: Context): Promise<void> {
  const { output, q, url, bom, format = formatOf(output ?? '') ?? 'csv' } = flags
  const { delimiter = /\.(tsv|tab)$/i.test(output ?? '') ? '\t' : ',' } = flags
  const { signal, stdout, stderr } = context
  const started = performance.now()
  const call = apiAt(url, context)
  const { products } = await call<Status>({ path: '/status', signal })
  const { head, line } = productLines({ format, delimiter, bom })
  // When the products go to the terminal, a bar would get in their way.
  const showBar = output !== undefined || !stdout.isTTY
  const total = q ? undefined : products
  const bar = showBar ? startBar(context, '{done} exported', total, { done: '0' }) : undefined
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

function toDelimiter(text: string): Delimiter {
  const character = text === 'tab' || text === '\\t' ? '\t' : text
  const delimiter = DELIMITERS.find((known) => known === character)
  if (delimiter) return delimiter
  throw new InvalidArgumentError("It must be ',', ';', '|' or tab.")
}

/** The reader of standard output may close it early, as `head` does. */
function ignoreClosedPipe(error: Error & { code?: string }): void {
  if (error.code !== 'EPIPE') throw error
}

/** `export`: writes all products, or those that a search finds, to a file or standard output. */
export function addExport(program: Command, context: Context): void {
  const delimiterOption = new Option(
    '--delimiter <character>',
    "the delimiter of CSV: ',', ';', '|' or tab (default: a comma, or a tab for .tsv)",
  ).argParser(toDelimiter)
  program
    .command('export')
    .description('write all products to a file, through the API of a running service')
    .option('--output <file>', 'the file to write or replace, or a pipe (default: standard output)')
    .addOption(formatOption('the format (default: from the name of the file, or csv)'))
    .option('--bom', 'begin CSV with a byte order mark, so that Excel detects UTF-8')
    .addOption(delimiterOption)
    .option('--q <words>', 'export only products that this search finds')
    .addOption(urlOption())
    .addHelpText('after', HELP)
    .action((flags: ExportFlags, command: Command) => {
      const { output, format = formatOf(output ?? ''), bom, delimiter } = flags
      if (format === 'ndjson' && (bom || delimiter)) {
        command.error('error: --bom and --delimiter apply only to CSV')
      }
      return exportProducts(flags, context).catch(ignoreClosedPipe)
    })
}
