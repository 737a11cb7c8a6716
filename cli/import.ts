import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { addAbortSignal } from 'node:stream'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { isSameFile } from '../files/file-path.ts'
import type { Mapping, ProductInput } from '../import-export/fields.ts'
import { type FileFormat, formatOf } from '../import-export/format.ts'
import { type BatchAnswer, importProducts } from '../import-export/import.ts'
import { assertText, SIGNATURE_BYTES } from '../import-export/signature.ts'
import { ON_CONFLICT, type OnConflict } from '../schemas/batch.ts'
import { apiAt, CallFailed, urlOption } from './api.ts'
import { type Context, EXIT } from './context.ts'
import { startDryRun } from './dry-run.ts'
import { formatOption } from './format-option.ts'
import { ImportReport } from './import-report.ts'
import { advised, encodingOption, mapOption } from './read-options.ts'

const HELP = `
Lines are counted from 1, including the header and lines within quotes. The delimiter of CSV
(a comma, a semicolon, a tab or a vertical bar) is detected from the header.

Examples:
  node cli/main.ts import products.csv --refused refused.ndjson
  node cli/main.ts import shop.csv --map name=Title --map "description=Body (HTML)" --dry-run
  node cli/main.ts import erp.csv --map external_id=SKU --on-conflict update
  node cli/main.ts import cenik.csv --encoding windows-1250 --map name=Název
  zcat products.ndjson.gz | node cli/main.ts import - --format ndjson`

interface ImportFlags {
  format?: FileFormat
  encoding?: string
  map?: Mapping
  onConflict?: OnConflict
  dryRun?: boolean
  fromLine: number
  refused?: string
  url?: string
}

function toLine(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

/** Whether the service may have carried out a request, but said nothing about it. */
const isUnanswered = (error: unknown) =>
  error instanceof CallFailed && error.mayBeDone && error.status === undefined

/**
 * Makes the function that sends products to the service. If the connection breaks, it sends them once more, which
 * creates none twice.
 */
function sendTo(call: ReturnType<typeof apiAt>, onConflict: OnConflict | undefined) {
  return async (items: ProductInput[]): Promise<BatchAnswer> => {
    const body = { items, on_conflict: onConflict }
    const request = { path: '/products/batch', body, idempotencyKey: randomUUID() }
    // Not aborted by the signal, so that its result is known.
    const send = () => call<{ items: BatchAnswer }>(request)
    const answer = await send().catch((error: unknown) => {
      if (!isUnanswered(error)) throw error
      return send().catch(() => {
        throw error
      })
    })
    return answer.items
  }
}

async function importFile(
  file: string,
  format: FileFormat,
  { encoding, map: mapping, onConflict, dryRun, fromLine, refused, url }: ImportFlags,
  context: Context,
): Promise<void> {
  const { stdin, signal } = context
  const call = apiAt(url, context)
  const trial = dryRun ? await startDryRun(call, onConflict) : undefined
  const sendBatch = trial?.send ?? sendTo(call, onConflict)
  const size = file === '-' ? undefined : (await stat(file)).size
  // Standard input may be a redirect from the file for refused rows.
  const source = file === '-' ? '/dev/stdin' : file
  if (refused !== undefined && (await isSameFile(source, refused))) {
    throw new Error(`${refused} is the file to import; choose another one for --refused`)
  }
  const report = new ImportReport(context, { fromLine, refused, size, dryRun: trial })
  const { onProgress, onRefusal, onIgnored } = report
  async function send(items: ProductInput[]): Promise<BatchAnswer> {
    signal.throwIfAborted()
    return sendBatch(items)
  }
  try {
    const chunks = addAbortSignal(signal, file === '-' ? stdin : createReadStream(file))
    const reading = { chunks, format, encoding, mapping, fromLine }
    const done = await importProducts({ ...reading, send, onProgress, onRefusal, onIgnored })
    report.end()
    if (done.refused > 0) context.exitCode = EXIT.refused
  } catch (error) {
    report.end(error)
    throw advised(error)
  }
}

/** Throws if a file is of a kind that no `--format` can read. */
async function assertImportable(file: string): Promise<void> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SIGNATURE_BYTES), 0)
    const head = buffer.subarray(0, bytesRead)
    assertText(head, head.toString())
  } finally {
    await handle.close()
  }
}

/** `import FILE`: creates or updates products through the API, and reports the refused rows. */
export function addImport(program: Command, context: Context): void {
  program
    .command('import')
    .description('create or update products from a file, through the API of a running service')
    .argument('<file>', 'CSV with a header line, or NDJSON; - for standard input')
    .addOption(
      formatOption('the format, if the name does not end in .csv, .tsv, .ndjson or .jsonl'),
    )
    .addOption(encodingOption())
    .addOption(mapOption())
    .addOption(
      new Option(
        '--on-conflict <what>',
        'what to do with a row whose external_id a product already has: refuse it, skip it, or ' +
          'update that product (default: error)',
      ).choices(ON_CONFLICT),
    )
    .option('--dry-run', 'show what would happen, without changing anything')
    .option('--from-line <n>', 'skip rows that begin before this line', toLine, 1)
    .option(
      '--refused <file>',
      'write all refused rows to this file, as NDJSON; with --from-line above 1, append them',
    )
    .addOption(urlOption())
    .addHelpText('after', HELP)
    .action(async (file: string, flags: ImportFlags, command: Command) => {
      const format = flags.format ?? formatOf(file)
      if (format) return importFile(file, format, flags, context)
      if (file !== '-') await assertImportable(file)
      const what = file === '-' ? 'standard input' : file
      return command.error(
        `error: cannot tell the format of ${what} from its name; ` +
          'use --format csv (also for semicolons and tabs) or --format ndjson',
      )
    })
}
