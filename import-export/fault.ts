/** What the user can do about a file: choose another encoding, or choose the columns. */
export type Remedy = 'encoding' | 'columns'

/** The file as a whole cannot be read. */
export class FileFault extends Error {
  readonly remedy: Remedy | undefined

  constructor(message: string, remedy?: Remedy) {
    super(message)
    this.remedy = remedy
  }
}
