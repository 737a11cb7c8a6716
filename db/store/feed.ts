import type { Change, ChangeType } from '../../schemas/change.ts'

/** Which changes to read: all conditions must hold. */
export interface ChangeQuery {
  /** Only changes after this one; undefined for all changes still in the feed. */
  after?: number
  productId?: string
  type?: ChangeType
  /** Whether to tell the tags of the products too. */
  withTags?: boolean
  limit: number
}

export interface ChangePage {
  items: Change[]
  /** No change up to this one is missing from `items`; the next page starts after it. */
  lastSeq: number
  /**
   * For each item, the tags that its product had before or after it, if they were asked for. They are those of that
   * place in the feed, whatever became of the tags since.
   */
  tags?: string[][]
}

/** The feed of all changes, in one order for all instances. */
export interface FeedStore {
  /**
   * The changes, oldest first. A page may end before the limit is reached; continue from its `lastSeq`.
   * Rejects with `ChangesCompacted` if changes after `after` have left the feed.
   */
  changes(query: ChangeQuery): Promise<ChangePage>
  /**
   * The last change that this instance has seen; 0 before the first. It has seen what was committed before
   * the store was opened, and its own writes as soon as their promises resolve. Other instances may have
   * committed more, so `changes` can already give later ones. It never steps back.
   */
  readonly lastSeq: number
  /** Calls `listener` each time `lastSeq` grows, with its new value. Returns a function that removes it. */
  onChanges(listener: (lastSeq: number) => void): () => void
}
