import type { Line } from './lines.ts'
import type { FileRecord, ProductInput } from './records.ts'

/** The object that a line holds; undefined where it holds something else. */
function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The products of NDJSON, an object a line; blank lines count for nothing. */
export async function* ndjsonRecords(
  lines: AsyncIterable<Line>,
  onIgnored: (names: string[]) => void,
): AsyncGenerator<FileRecord> {
  let told = false
  for await (const { number, text, bytes } of lines) {
    if (text.trim() === '') continue
    const place = { line: number, nextLine: number + 1, bytes }
    const object = objectOf(text)
    if (!object) {
      yield { ...place, error: 'It is not a JSON object' }
      continue
    }
    const { name, description, ...others }: ProductInput = object
    const ignored = Object.keys(others)
    if (!told && ignored.length > 0) onIgnored(ignored)
    told ||= ignored.length > 0
    yield { ...place, input: { name, description } }
  }
}
