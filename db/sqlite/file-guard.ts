import { randomInt } from 'node:crypto'
import {
  closeSync,
  existsSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
} from 'node:fs'
import type Database from 'better-sqlite3'
import { LOCK_SUFFIX } from './lock.ts'

/** The offset of `user_version` in the header of a file: 4 bytes, big-endian (sqlite.org/fileformat2.html). */
const MARK_OFFSET = 60
const MARK_BYTES = 4
const LARGEST_MARK = 2 ** 31

/** The identity of a file when the database was opened. */
class OpenedFile {
  readonly path: string
  readonly #dev: bigint
  readonly #ino: bigint

  constructor(path: string) {
    const { dev, ino } = statSync(path, { bigint: true })
    this.path = path
    this.#dev = dev
    this.#ino = ino
  }

  /** Whether the same file, another one or none is now at its path. */
  state(): 'same' | 'other' | 'none' {
    const found = statSync(this.path, { bigint: true, throwIfNoEntry: false })
    if (!found) return 'none'
    return found.ino === this.#ino && found.dev === this.#dev ? 'same' : 'other'
  }
}

/**
 * Checks that the files of an open database are still in place. SQLite does not: it goes on writing to a file that was
 * deleted, moved or replaced, and what it wrote is lost when the process ends.
 *
 * A random mark in the header, new for each start, shows whether a file was overwritten in place. Backups have none.
 */
export class FileGuard {
  readonly #database: OpenedFile
  readonly #log: OpenedFile
  readonly #others: OpenedFile[]
  readonly #descriptor: number
  readonly #bytes = Buffer.alloc(MARK_BYTES)
  readonly #mark = randomInt(1, LARGEST_MARK)
  /** The previous mark, which a reader of an older snapshot may still see in the header for some time. */
  #before: number | undefined
  #lost: Error | undefined

  /** Writes the mark through `connection`, which has the file at `path` open in WAL mode. */
  constructor(path: string, connection: Database.Database) {
    this.#descriptor = openSync(path, 'r')
    this.#before = this.#readMark()
    connection.pragma(`user_version = ${this.#mark}`)
    connection.pragma('wal_checkpoint(PASSIVE)')
    const file = realpathSync(path)
    this.#database = new OpenedFile(path)
    this.#log = new OpenedFile(`${file}-wal`)
    this.#others = [`${file}-shm`, file + LOCK_SUFFIX]
      .filter((other) => existsSync(other))
      .map((other) => new OpenedFile(other))
  }

  /** How the file was lost. That is final: even if the file comes back, writes in between may be missing. */
  get lost(): Error | undefined {
    return this.#lost
  }

  /** The size of the log file. SQLite reuses the file after a checkpoint, so it does not shrink by itself. */
  get logBytes(): number {
    return statSync(this.#log.path).size
  }

  /** Throws if a file is missing or was replaced, now or at an earlier check. */
  assertInPlace(): void {
    if (!this.#lost) {
      const what = this.#findFault()
      if (what === undefined) return
      this.#lost = new Error(
        `${what} while this process had the database open, so nothing more is written to it. Stop this ` +
          'process, put the database back or restore a backup (npm run restore), and start again',
      )
    }
    this.#setLogAside()
    throw this.#lost
  }

  /**
   * Closes the descriptors. Call it after the connections are closed, because closing a descriptor drops all locks on
   * the file.
   */
  close(): void {
    closeSync(this.#descriptor)
  }

  #findFault(): string | undefined {
    for (const file of [this.#database, this.#log, ...this.#others]) {
      const found = file.state()
      if (found === 'none')
        return `${file.path} was deleted or moved away, or its volume unmounted,`
      if (found === 'other') return `${file.path} was replaced by another file`
    }
    if (!this.#isMarked()) return `${this.#database.path} was overwritten`
  }

  #isMarked(): boolean {
    const mark = this.#readMark()
    if (mark === this.#mark) this.#before = mark
    return mark === this.#before
  }

  /**
   * Renames the log if the database file was replaced, because SQLite would apply it to the new file.
   */
  #setLogAside(): void {
    const found = this.#database.state()
    const foreign = found === 'other' || (found === 'same' && !this.#isMarked())
    if (foreign && this.#log.state() === 'same') {
      renameSync(this.#log.path, `${this.#log.path}.lost`)
    }
  }

  #readMark(): number | undefined {
    const read = readSync(this.#descriptor, this.#bytes, 0, MARK_BYTES, MARK_OFFSET)
    return read === MARK_BYTES ? this.#bytes.readInt32BE() : undefined
  }
}
