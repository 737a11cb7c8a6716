/** The formats in which products come from and go to files. */
export type FileFormat = 'csv' | 'ndjson'

const FORMATS: [end: RegExp, format: FileFormat][] = [
  [/\.(csv|tsv|tab)$/i, 'csv'],
  [/\.(ndjson|jsonl)$/i, 'ndjson'],
]

/** The format that the end of a file's name tells, in either case; undefined where it tells none. */
export function formatOf(fileName: string): FileFormat | undefined {
  return FORMATS.find(([end]) => end.test(fileName))?.[1]
}
