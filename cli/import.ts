import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { type Command, InvalidArgumentError } from 'commander'
import { isSameFile } from '../db/file-path.ts'
import { type FileFormat, formatOf } from '../import-export/format.ts'
import { type BatchAnswer, importProducts } from '../import-export/import.ts'
import { apiAt, urlOption } from './api.ts'
import { type Context, EXIT } from './context.ts'
import { formatOption } from './format-option.ts'
import { ImportReport } from './import-report.ts'

const HELP = `
Lines are counted from 1, with the header and those within quotes.

Examples:
  node cli/main.ts import products.csv --refused refused.ndjson
  zcat products.ndjson.gz | node cli/main.ts import - --format ndjson`

interface ImportFlags {
  format?: FileFormat
  fromLine: number
  refused?: string
  url?: string
}

function toLine(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is no number from 1 on.')
}

async function importFile(
  file: string,
  format: FileFormat,
  { fromLine, refused, url }: ImportFlags,
  context: Context,
): Promise<void> {
  const { stdin, signal } = context
  const call = apiAt(url, context)
  const size = file === '-' ? undefined : (await stat(file)).size
  // The shell may have opened that file as standard input.
  const source = file === '-' ? '/dev/stdin' : file
  if (refused !== undefined && (await isSameFile(source, refused))) {
    throw new Error(`${refused} is the file to import; the refused rows need another one`)
  }
  const report = new ImportReport(context, { fromLine, refused, size })
  const { onProgress, onRefusal, onIgnored } = report
  async function send(items: object[]): Promise<BatchAnswer> {
    signal.throwIfAborted()
    // Not aborted itself, so that it is known what became of it.
    const answer = await call<{ items: BatchAnswer }>({ path: '/products/batch', body: { items } })
    return answer.items
  }
  try {
    const chunks = addAbortSignal(signal, file === '-' ? stdin : createReadStream(file))
    const options = { chunks, format, fromLine, send, onProgress, onRefusal, onIgnored }
    const done = await importProducts(options)
    report.end()
    if (done.refused > 0) context.exitCode = EXIT.refused
  } catch (error) {
    report.end(error)
    throw error
  }
}

/** `import FILE`: creates products through the API, and reports the rows that it refused. */
export function addImport(program: Command, context: Context): void {
  program
    .command('import')
    .description('create products from a file, through the API of a running service')
    .argument('<file>', 'CSV with a column "name", or NDJSON, in UTF-8; - is standard input')
    .addOption(formatOption('the format, if the name does not end in .csv, .ndjson or .jsonl'))
    .option('--from-line <n>', 'leave out what begins before this line', toLine, 1)
    .option(
      '--refused <file>',
      'write all refused rows there, as NDJSON; with --from-line above 1, after what it holds',
    )
    .addOption(urlOption())
    .addHelpText('after', HELP)
    .action(async (file: string, flags: ImportFlags, command: Command) => {
      const format = flags.format ?? formatOf(file)
      if (!format) return command.error(`error: ${file} does not tell its format; give --format`)
      return importFile(file, format, flags, context)
    })
}
