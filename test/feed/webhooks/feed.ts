import { ChangesCompacted } from '../../../db/errors.ts'
import type { ChangeQuery, Store } from '../../../db/store.ts'
import type { Change } from '../../../schemas/change.ts'

const AT = Date.parse('2026-11-29T12:00:00Z')

/** A change with this place in the feed. */
const changeAt = (seq: number): Change => ({
  ...{ seq, at: new Date(AT + seq).toISOString(), type: 'product.created' },
  product_id: `product ${seq}`,
})

/** A change feed in memory. */
export class Feed implements Pick<Store, 'changes' | 'lastSeq' | 'onChanges'> {
  readonly #listeners = new Set<(lastSeq: number) => void>()
  #changes: Change[] = []
  /** What was read: after which change, and how many at most. */
  readonly reads: [after: number, limit: number][] = []
  /** The last change that has left the feed. */
  compacted = 0
  /** What the next reads reject with. */
  fault: Error | undefined
  /** The tags of the product of the change with this place. */
  tags: (seq: number) => string[] = () => []
  /** What a reader believes to be the last change, if that is not the last one. */
  knownSeq: number | undefined

  constructor(length = 0) {
    this.add(length)
  }

  get lastSeq(): number {
    return this.knownSeq ?? this.#changes.length
  }

  /** Adds changes, with these properties. */
  add(count: number, properties: Partial<Change> = {}): void {
    for (let n = 0; n < count; n++) {
      this.#changes.push({ ...changeAt(this.#changes.length + 1), ...properties })
    }
    for (const listener of this.#listeners) listener(this.#changes.length)
  }

  async changes({ after = 0, limit, withTags }: ChangeQuery) {
    this.reads.push([after, limit])
    if (this.fault) throw this.fault
    if (after < this.compacted) throw new ChangesCompacted(after, this.compacted)
    const items = this.#changes.slice(after, after + limit)
    const tags = withTags ? items.map(({ seq }) => this.tags(seq)) : undefined
    return { items, lastSeq: after + items.length, ...(tags ? { tags } : {}) }
  }

  onChanges(listener: (lastSeq: number) => void) {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  get listeners(): number {
    return this.#listeners.size
  }
}
