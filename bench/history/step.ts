/** What the steps of this benchmark work with. */
interface Options {
  /** For files of this run. */
  folder: string
  /** The file of the large database. */
  database: string
  /** The share of the polls that are made. */
  scale: number
}

/** Measures one thing and prints the figures. */
export type Step = (options: Options) => Promise<void>
