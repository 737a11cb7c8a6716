import fs from 'node:fs'
import { makeFolderOf } from '../files/make-file.ts'

/** An append-only file of events, one line of JSON each. */
export interface Journal {
  /** Appends an event. Once this returns, the end of the process cannot lose it (a power cut can). */
  append(event: object): void
  close(): void
}

/**
 * Opens a journal, made with its folder where missing, and hands every event in it to `replay`, in
 * order. A last line without its line break was being written when the process died, so nobody was
 * answered on its account: it is cut off. Any other line that is not JSON throws, with its number.
 */
export function openJournal(
  path: string,
  replay: (event: unknown, where: string) => void,
): Journal {
  makeFolderOf(path)
  // Not for others' eyes: the journal holds tokens.
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
    // On a descriptor this writes synchronously, again and again until all of the line is written.
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
