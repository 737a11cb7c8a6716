import type { SingleBar } from 'cli-progress'
import type { ImportProgress, Refusal } from '../import-export/import.ts'
import { CallFailed } from './api.ts'
import { startBar } from './bar.ts'
import type { Context } from './context.ts'
import { Refusals } from './refusals.ts'
import { count, printable, secondsSince } from './text.ts'

const figuresOf = ({ created, refused }: ImportProgress) => ({
  created: count(created),
  refused: count(refused),
})

interface ReportOptions {
  fromLine: number
  refused?: string
  /** The size of the file in bytes, if known. */
  size?: number
  /** The first rows, one line each, in a dry run. */
  dryRunLines?: string[]
}

/** Reports an import to the user: a bar while it runs, then a summary. */
export class ImportReport {
  readonly #context: Context
  readonly #fromLine: number
  readonly #started = performance.now()
  readonly #refusals: Refusals
  readonly #bar: SingleBar
  readonly #dryRunLines: string[] | undefined
  #ignored: string[] = []
  #progress: ImportProgress

  constructor(context: Context, { fromLine, refused, size, dryRunLines }: ReportOptions) {
    this.#context = context
    this.#dryRunLines = dryRunLines
    this.#fromLine = fromLine
    this.#progress = { bytes: 0, created: 0, refused: 0, nextLine: fromLine }
    this.#refusals = new Refusals(refused, fromLine > 1)
    const label = '{created} created, {refused} refused'
    this.#bar = startBar(context, label, size, figuresOf(this.#progress))
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
    const { created, refused } = figuresOf(this.#progress)
    const lines = [
      ...this.#refusals.lines(),
      ...(this.#ignored.length > 0 ? [`not imported: ${printable(this.#ignored.join(', '))}`] : []),
      ...(this.#dryRunLines?.length
        ? ['the first rows, as they are read:', ...this.#dryRunLines]
        : []),
      this.#dryRunLines
        ? `${created} would be created, ${refused} refused; nothing was sent`
        : `${created} created, ${refused} refused, in ${secondsSince(this.#started)}`,
      ...this.#advice(failure),
    ]
    this.#context.stderr.write(lines.map((line) => `${line}\n`).join(''))
  }

  #advice(failure: unknown): string[] {
    const { nextLine } = this.#progress
    const mayBeDone = failure instanceof CallFailed && failure.mayBeDone
    if (!failure || this.#dryRunLines || (nextLine === this.#fromLine && !mayBeDone)) return []
    return [
      `to continue, use --from-line ${nextLine}`,
      ...(mayBeDone
        ? [`up to 1,000 products from that line on may already have been created; check first`]
        : []),
    ]
  }
}
