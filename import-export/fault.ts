/** What a person can do about a file: choose another encoding, or say which columns to read. */
export type Remedy = 'encoding' | 'columns'

/** A file as a whole cannot be read; the message says why. */
export class FileFault extends Error {
  readonly remedy: Remedy | undefined

  constructor(message: string, remedy?: Remedy) {
    super(message)
    this.remedy = remedy
  }
}
