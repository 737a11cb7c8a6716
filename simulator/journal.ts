import fs from 'node:fs'
import { makeFolderOf } from '../files/make-file.ts'

/** An append-only file of events, one JSON line each. */
export interface Journal {
  /** Appends an event. Once this returns, the event survives the process, though not a power cut. */
  append(event: object): void
  close(): void
}

/**
 * Opens a journal, creating it and its folder if missing, and passes every event in it to `replay`, in
 * order. A last line without a line break was being written when the process died and was never
 * acknowledged: it is cut off. Any other line that is not JSON throws, with its number.
 */
export function openJournal(
  path: string,
  replay: (event: unknown, where: string) => void,
): Journal {
  makeFolderOf(path)
  // Readable only by its owner, because the journal contains tokens.
  const fd = fs.openSync(path, 'a+', 0o600)
  try {
    const text = fs.readFileSync(fd)
    const end = text.lastIndexOf('\n') + 1
    if (end < text.length) fs.ftruncateSync(fd, end)
    const lines = text.toString('utf8', 0, end).split('\n').slice(0, -1)
    for (const [index, line] of lines.entries()) {
      const where = `${path}, line ${index + 1}`
      replay(parse(line, where), where)
    }
  } catch (error) {
    fs.closeSync(fd)
    throw error
  }
  return {
    // With a descriptor this writes synchronously and retries until the whole line is written.
    append: (event) => fs.appendFileSync(fd, `${JSON.stringify(event)}\n`),
    close: () => fs.closeSync(fd),
  }
}

function parse(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new Error(`${where}: not JSON`, { cause })
  }
}
