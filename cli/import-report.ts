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
  /** The size of the file in bytes, if it is known. */
  size?: number
  /** The first rows, a line each, where nothing is sent. */
  trial?: string[]
}

/** What an import tells people: a bar while it runs, and at its end what became of the rows. */
export class ImportReport {
  readonly #context: Context
  readonly #fromLine: number
  readonly #started = performance.now()
  readonly #refusals: Refusals
  readonly #bar: SingleBar
  readonly #trial: string[] | undefined
  #ignored: string[] = []
  #progress: ImportProgress

  constructor(context: Context, { fromLine, refused, size, trial }: ReportOptions) {
    this.#context = context
    this.#trial = trial
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

  /** Has to be called at the end, with what made it fail if it failed. */
  end(failure?: unknown): void {
    this.#bar.stop()
    this.#refusals.close()
    const { created, refused } = figuresOf(this.#progress)
    const lines = [
      ...this.#refusals.lines(),
      ...(this.#ignored.length > 0 ? [`not imported: ${printable(this.#ignored.join(', '))}`] : []),
      ...(this.#trial?.length ? ['the first rows as they are read:', ...this.#trial] : []),
      this.#trial
        ? `${created} would be created, ${refused} refused; nothing was sent`
        : `${created} created, ${refused} refused, in ${secondsSince(this.#started)}`,
      ...this.#advice(failure),
    ]
    this.#context.stderr.write(lines.map((line) => `${line}\n`).join(''))
  }

  #advice(failure: unknown): string[] {
    const { nextLine } = this.#progress
    const mayBeDone = failure instanceof CallFailed && failure.mayBeDone
    if (!failure || this.#trial || (nextLine === this.#fromLine && !mayBeDone)) return []
    return [
      `go on with --from-line ${nextLine}`,
      ...(mayBeDone
        ? [`up to 1,000 products from that line on may have been created already; look first`]
        : []),
    ]
  }
}
