import { closeSync, openSync, writeSync } from 'node:fs'
import type { Refusal } from '../import-export/import.ts'
import { brief, count, printable } from './text.ts'

const MOST_SHOWN = 20

function toLine({ line, name, message }: Refusal): string {
  const named = name === undefined ? '' : ` (${brief(name)})`
  return `line ${line}${named}: ${printable(message)}`
}

/** The refused rows of an import: the first ones for people to see, all of them for a file. */
export class Refusals {
  readonly #file: number | undefined
  readonly #shown: Refusal[] = []
  #count = 0

  /**
   * Begins the file at `path`, if one is wanted, or goes on with it where the import does so. Throws
   * where it can't be written.
   */
  constructor(path: string | undefined, goesOn: boolean) {
    this.#file = path === undefined ? undefined : openSync(path, goesOn ? 'a' : 'w')
  }

  add(refusal: Refusal): void {
    this.#count += 1
    if (this.#shown.length < MOST_SHOWN) this.#shown.push(refusal)
    if (this.#file === undefined) return
    const { line, name = null, message } = refusal
    writeSync(this.#file, `${JSON.stringify({ line, name, message })}\n`)
  }

  /** The first of them, a line each, and how many more there are. */
  lines(): string[] {
    const rest = this.#count - this.#shown.length
    return [...this.#shown.map(toLine), ...(rest > 0 ? [`and ${count(rest)} more`] : [])]
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
  }
}
