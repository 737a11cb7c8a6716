/** A place in the order in which work is due. */
export interface DuePlace {
  dueAt: number
  key: number
}

/** A batch of due work. */
interface ReadTasks<Task> {
  /** In order of their due times. */
  tasks: Task[]
  /** The last place that was read, which may be after the last task; undefined if there was no work. */
  reached: DuePlace | undefined
  /** Whether there is no work after `reached`. */
  ended: boolean
}

/** Reads the work that is due after a place. */
export type ReadAhead<Task> = (after: DuePlace, limit: number) => ReadTasks<Task>

/** The number of tasks per read: a millisecond of work. */
const READ_AHEAD = 256

const START: DuePlace = { dueAt: Number.MIN_SAFE_INTEGER, key: 0 }

/**
 * Reads work ahead, in the order in which it is due. Rescanning from the start for each task would re-read
 * everything in flight.
 */
export class Lookahead<Task extends DuePlace> {
  readonly #read: ReadAhead<Task>
  /** Keys of the work that was handed out and is not settled. */
  readonly #taken: ReadonlySet<number>
  #tasks: Task[] = []
  #next = 0
  #reached = START
  #ended = false

  constructor(read: ReadAhead<Task>, taken: ReadonlySet<number>) {
    this.#read = read
    this.#taken = taken
  }

  /** Returns the next task that is not handed out, without taking it; undefined if there is none. */
  peek(): Task | undefined {
    if (this.#next >= this.#tasks.length && this.#ended) this.restart()
    while (this.#next >= this.#tasks.length && !this.#ended) this.#readOn()
    return this.#tasks[this.#next]
  }

  /** Takes the task that `peek` returned. */
  take(): void {
    this.#next += 1
  }

  /** Call it when work becomes due at `dueAt`. What was read ahead stays valid if it ends before that. */
  added(dueAt: number): void {
    if (dueAt <= this.#reached.dueAt) this.restart()
  }

  /** Discards the tasks read ahead. */
  restart(): void {
    this.#tasks = []
    this.#next = 0
    this.#reached = START
    this.#ended = false
  }

  #readOn(): void {
    const { tasks, reached, ended } = this.#read(this.#reached, READ_AHEAD)
    this.#reached = reached ?? this.#reached
    this.#ended = ended
    // Work in flight gets another due time when it is settled.
    this.#tasks = tasks.filter(({ key }) => !this.#taken.has(key))
    this.#next = 0
  }
}
