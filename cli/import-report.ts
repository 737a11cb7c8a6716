import type { SingleBar } from 'cli-progress'
import { type ImportProgress, type Refusal, startingAt, tallyOf } from '../import-export/import.ts'
import { CallFailed } from './api.ts'
import { startBar } from './bar.ts'
import type { Context } from './context.ts'
import { Refusals } from './refusals.ts'
import { count, printable, secondsSince } from './text.ts'

const figuresOf = (progress: ImportProgress) => ({ tally: tallyOf(progress, count) })

interface ReportOptions {
  fromLine: number
  refused?: string
  /** The size of the file in bytes, if known. */
  size?: number
  /** In a dry run, the first rows, one line each, and why the service could not be asked, if it could not. */
  dryRun?: { lines: string[]; unasked(): string | undefined }
}

/** Reports an import to the user: a bar while it runs, then a summary. */
export class ImportReport {
  readonly #context: Context
  readonly #fromLine: number
  readonly #started = performance.now()
  readonly #refusals: Refusals
  readonly #bar: SingleBar
  readonly #dryRun: ReportOptions['dryRun']
  #ignored: string[] = []
  #progress: ImportProgress

  constructor(context: Context, { fromLine, refused, size, dryRun }: ReportOptions) {
    this.#context = context
    this.#dryRun = dryRun
    this.#fromLine = fromLine
    this.#progress = startingAt(fromLine)
    this.#refusals = new Refusals(refused, fromLine > 1)
    this.#bar = startBar(context, '{tally}', size, figuresOf(this.#progress))
  }

  onProgress = (progress: ImportProgress): void => {
    this.#progress = progress
    this.#bar.update(progress.bytes, figuresOf(progress))
  }

  onRefusal = (refusal: Refusal): void => this.#refusals.add(refusal)

  onIgnored = (names: string[]): void => {
    this.#ignored = names
  }

  /** Ends the report. Must be called once, with the error if the import failed. */
  end(failure?: unknown): void {
    this.#bar.stop()
    this.#refusals.close()
    const unasked = this.#dryRun?.unasked()
    const tally = tallyOf(this.#progress, count)
    const lines = [
      ...this.#refusals.lines(),
      ...(this.#ignored.length > 0 ? [`not imported: ${printable(this.#ignored.join(', '))}`] : []),
      ...(this.#dryRun?.lines.length
        ? ['the first rows, as they are read:', ...this.#dryRun.lines]
        : []),
      ...(unasked === undefined
        ? []
        : [`external ids were compared within the file alone: ${unasked}`]),
      this.#dryRun
        ? `${tally.replace(' created', ' would be created')}; nothing was changed`
        : `${tally}, in ${secondsSince(this.#started)}`,
      ...this.#advice(failure),
    ]
    this.#context.stderr.write(lines.map((line) => `${line}\n`).join(''))
  }

  #advice(failure: unknown): string[] {
    const { nextLine } = this.#progress
    const mayBeDone = failure instanceof CallFailed && failure.mayBeDone
    if (!failure || this.#dryRun || (nextLine === this.#fromLine && !mayBeDone)) return []
    return [
      `to continue, use --from-line ${nextLine}`,
      ...(mayBeDone
        ? [`up to 1,000 products from that line on may already have been created; check first`]
        : []),
    ]
  }
}
