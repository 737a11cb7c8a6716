/** The file formats of products. */
export type FileFormat = 'csv' | 'ndjson'

const FORMATS: [end: RegExp, format: FileFormat][] = [
  [/\.(csv|tsv|tab)$/i, 'csv'],
  [/\.(ndjson|jsonl)$/i, 'ndjson'],
]

/** The format for the extension of a file's name, in upper or lower case; undefined if there is none. */
export function formatOf(fileName: string): FileFormat | undefined {
  return FORMATS.find(([end]) => end.test(fileName))?.[1]
}
