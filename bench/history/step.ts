/** The input of each step of this benchmark. */
interface Options {
  /** A folder for files of this run. */
  folder: string
  /** The file of the large database. */
  database: string
  /** The share of the polls to make. */
  scale: number
}

/** Measures one thing and prints the figures. */
export type HistoryStep = (options: Options) => Promise<void>
