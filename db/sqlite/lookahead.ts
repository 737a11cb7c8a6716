/** A place in the order in which work is due. */
export interface DuePlace {
  dueAt: number
  key: number
}

/** So many tasks are read at once: a millisecond of work. */
const READ_AT_ONCE = 256

const START: DuePlace = { dueAt: Number.MIN_SAFE_INTEGER, key: 0 }

/**
 * Work in the order in which it is due, read some hundred tasks at a time, for to read the first ones
 * anew each time that some are wanted means to read all those again that are under way.
 */
export class Lookahead<Task extends DuePlace> {
  readonly #read: (after: DuePlace, limit: number) => Task[]
  /** Keys of the work that was handed out and is not settled. */
  readonly #taken: ReadonlySet<number>
  #tasks: Task[] = []
  #next = 0
  #reached = START
  #ended = false

  constructor(read: (after: DuePlace, limit: number) => Task[], taken: ReadonlySet<number>) {
    this.#read = read
    this.#taken = taken
  }

  /** The first task that was not handed out, without taking it; undefined where there is none. */
  peek(): Task | undefined {
    if (this.#next >= this.#tasks.length && this.#ended) this.restart()
    while (this.#next >= this.#tasks.length && !this.#ended) this.#readOn()
    return this.#tasks[this.#next]
  }

  /** Takes the task that `peek` gave. */
  take(): void {
    this.#next += 1
  }

  /** Some work is due at `dueAt` that was not before; what was read is good unless it is behind that. */
  added(dueAt: number): void {
    if (dueAt <= this.#reached.dueAt) this.restart()
  }

  /** What was read is not good any more. */
  restart(): void {
    this.#tasks = []
    this.#next = 0
    this.#reached = START
    this.#ended = false
  }

  #readOn(): void {
    const read = this.#read(this.#reached, READ_AT_ONCE)
    this.#reached = read.at(-1) ?? this.#reached
    this.#ended = read.length < READ_AT_ONCE
    // Work that is under way is due at another time when it is settled.
    this.#tasks = read.filter(({ key }) => !this.#taken.has(key))
    this.#next = 0
  }
}
