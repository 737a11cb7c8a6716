/** How metadata is typed: an entry in each line, as `key: text`. */

/** What would be read as something else, and how it is typed. */
const ESCAPES: Record<string, string> = { '\n': 'n', '\r': 'r' }
const UNESCAPES: Record<string, string> = { n: '\n', r: '\r' }

/** A backslash marks another one, ends of lines, and blanks at the ends of a key or a text. */
const escaped = (text: string) =>
  text.replaceAll(/[\\\n\r]|^\s|\s$/g, (sign) => `\\${ESCAPES[sign] ?? sign}`)

const unescaped = (text: string) =>
  text.replaceAll(/\\(.)/g, (_all, sign: string) => UNESCAPES[sign] ?? sign)

/** The key and the text of a line, each without the blanks around it. */
const LINE = /^\s*((?:\\.|[^\\:])*?)\s*:\s*((?:\\.|[^\\])*?)\s*$/

/** Metadata in lines, sorted by key as the API has it. */
export const toMetadataLines = (metadata: Record<string, string>): string =>
  Object.entries(metadata)
    .map(([key, text]) => `${escaped(key).replaceAll(':', '\\:')}: ${escaped(text)}`)
    .sort()
    .join('\n')

/** The lines that are not blank. */
const linesOf = (typed: string) => typed.split('\n').filter((line) => line.trim() !== '')

/** The entry in a line; undefined if it has none. */
function entryOf(line: string): [key: string, text: string] | undefined {
  const [, key, text] = LINE.exec(line) ?? []
  return key && text !== undefined ? [unescaped(key), unescaped(text)] : undefined
}

/** The metadata in lines, which must be without faults. */
export const fromMetadataLines = (typed: string): Record<string, string> =>
  Object.fromEntries(
    linesOf(typed)
      .map(entryOf)
      .filter((entry) => entry !== undefined),
  )

/** What is wrong with the lines; undefined if nothing is. The API checks their lengths. */
export function metadataFault(typed: string): string | undefined {
  const keys = new Set<string>()
  for (const line of linesOf(typed)) {
    const [key] = entryOf(line) ?? []
    if (key === undefined) return `Write “${line.trim()}” as “key: text”`
    if (keys.has(key)) return `The key “${key}” is there twice`
    keys.add(key)
  }
  return undefined
}
