/** A product, and when its next poll is due. */
interface Entry {
  key: number
  dueAt: number
}

const isBefore = (a: Entry, b: Entry) => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.key < b.key)

/**
 * Products in the order in which their polls are due: a heap whose outdated entries are dropped when they reach the
 * top.
 */
export class DueQueue {
  readonly #heap: Entry[] = []
  readonly #due = new Map<number, number>()

  /** Sets when a product is due. */
  set(key: number, dueAt: number): void {
    if (this.#due.get(key) === dueAt) return
    this.#due.set(key, dueAt)
    this.#rise({ key, dueAt })
  }

  delete(key: number): void {
    this.#due.delete(key)
  }

  /** The product that is due first; undefined if the queue is empty. */
  first(): Entry | undefined {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (this.#due.get(top.key) === top.dueAt) return top
      this.#dropFirst()
    }
    return undefined
  }

  #rise(entry: Entry): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (!above || !isBefore(entry, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = entry
  }

  #dropFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const [first, second] = [heap[left], heap[left + 1]]
      const smaller = first && second && isBefore(second, first) ? left + 1 : left
      const below = heap[smaller]
      if (!below || !isBefore(below, last)) break
      heap[at] = below
      at = smaller
    }
    heap[at] = last
  }
}
