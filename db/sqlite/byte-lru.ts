interface Node<Value> {
  name: string
  value: Value
  bytes: number
  older: Node<Value> | undefined
  newer: Node<Value> | undefined
}

/**
 * A cache bounded by the bytes of its values, which evicts the least recently used. The order is a list of its own:
 * moving entries to the end of a large `Map` makes it copy itself again and again.
 */
export class ByteLru<Value> {
  readonly #most: number
  readonly #removed: (value: Value) => void
  readonly #nodes = new Map<string, Node<Value>>()
  #oldest: Node<Value> | undefined
  #newest: Node<Value> | undefined
  #bytes = 0

  /** `removed` is called with each value that leaves, unless all do. */
  constructor(most: number, removed: (value: Value) => void = () => {}) {
    this.#most = most
    this.#removed = removed
  }

  /** The bytes of all values. */
  get bytes(): number {
    return this.#bytes
  }

  /** A value, which counts as a use of it. */
  get(name: string): Value | undefined {
    const node = this.#nodes.get(name)
    if (node === undefined) return undefined
    if (node !== this.#newest) {
      this.#unlink(node)
      this.#append(node)
    }
    return node.value
  }

  /** Adds or replaces a value, and evicts others for it. One that is larger than the whole cache is not kept. */
  set(name: string, value: Value, bytes: number): void {
    const before = this.#nodes.get(name)
    if (before) this.#remove(before)
    if (bytes > this.#most) {
      this.#removed(value)
      return
    }
    const node = { name, value, bytes, older: undefined, newer: undefined }
    this.#nodes.set(name, node)
    this.#append(node)
    this.#bytes += bytes
    while (this.#bytes > this.#most && this.#oldest) this.delete(this.#oldest.name)
  }

  delete(name: string): void {
    const node = this.#nodes.get(name)
    if (node === undefined) return
    this.#remove(node)
    this.#removed(node.value)
  }

  clear(): void {
    this.#nodes.clear()
    this.#oldest = undefined
    this.#newest = undefined
    this.#bytes = 0
  }

  #remove(node: Node<Value>): void {
    this.#nodes.delete(node.name)
    this.#unlink(node)
    this.#bytes -= node.bytes
  }

  #unlink(node: Node<Value>): void {
    const { older, newer } = node
    if (older) older.newer = newer
    else this.#oldest = newer
    if (newer) newer.older = older
    else this.#newest = older
  }

  #append(node: Node<Value>): void {
    node.older = this.#newest
    node.newer = undefined
    if (this.#newest) this.#newest.newer = node
    else this.#oldest = node
    this.#newest = node
  }
}
