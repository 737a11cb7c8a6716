import { closeSync, openSync, writeSync } from 'node:fs'
import type { Refusal } from '../import-export/import.ts'
import { brief, count, printable } from './text.ts'

const MAX_SHOWN = 20

function toLine({ line, name, message }: Refusal): string {
  const named = name === undefined ? '' : ` (${brief(name)})`
  return `line ${line}${named}: ${printable(message)}`
}

/** The refused rows of an import: shows the first ones, and writes all of them to a file. */
export class Refusals {
  readonly #file: number | undefined
  readonly #shown: Refusal[] = []
  #count = 0

  /** Opens the file at `path`, if there is a path, to append to it or replace it. Throws if it cannot be written. */
  constructor(path: string | undefined, append: boolean) {
    this.#file = path === undefined ? undefined : openSync(path, append ? 'a' : 'w')
  }

  add(refusal: Refusal): void {
    this.#count += 1
    if (this.#shown.length < MAX_SHOWN) this.#shown.push(refusal)
    if (this.#file === undefined) return
    const { line, name = null, message } = refusal
    writeSync(this.#file, `${JSON.stringify({ line, name, message })}\n`)
  }

  /** One line for each of the first refusals, and a line with the number of the others. */
  lines(): string[] {
    const rest = this.#count - this.#shown.length
    return [...this.#shown.map(toLine), ...(rest > 0 ? [`and ${count(rest)} more`] : [])]
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
  }
}
