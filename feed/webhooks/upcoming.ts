import { setImmediate as nextTurn } from 'node:timers/promises'
import type { WebhookSettings } from '../../db/store.ts'
import type { FeedEntry, FeedPage, RecentChanges } from './recent-changes.ts'

/** How many pages of the feed to read for a message before it goes out with fewer changes than it could have. */
const MAX_PAGES = 8

/** What a webhook is to get, and how much of it in a message. */
type Filter = Pick<WebhookSettings, 'types' | 'productId' | 'tag' | 'batchSize'>

/** What was read of the feed for a message. */
interface Collected {
  /** The changes that the filters let through. */
  entries: FeedEntry[]
  /** The last change that was read. */
  position: number
}

/** The changes that a webhook has yet to get, read from the feed message by message. */
export class Upcoming {
  readonly #recent: Pick<RecentChanges, 'after'>
  readonly #filter: Filter
  #page: FeedPage
  /** How much of the page was read. */
  #index = 0

  constructor(after: number, recent: Pick<RecentChanges, 'after'>, filter: Filter) {
    this.#recent = recent
    this.#filter = filter
    this.#page = { entries: [], lastSeq: after }
  }

  /** Goes on after another place in the feed. */
  rewind(after: number): void {
    this.#page = { entries: [], lastSeq: after }
    this.#index = 0
  }

  /**
   * Reads the changes of the next message: as many as it can have or the feed has, and none after `until`. If it
   * rejects, some of them were read: rewind. Rejects with `ChangesCompacted`.
   */
  async collect(until: number | null): Promise<Collected> {
    const entries: FeedEntry[] = []
    let pages = 0
    while (entries.length < this.#filter.batchSize && this.#position !== until) {
      const entry = this.#page.entries[this.#index]
      if (entry) {
        this.#index += 1
        if (this.#matches(entry)) entries.push(entry)
      } else {
        pages += 1
        if (!(await this.#turnPage()) || (until === null && pages === MAX_PAGES)) break
      }
    }
    return { entries, position: this.#position }
  }

  /** The last change that was read. The feed has no gaps. */
  get #position(): number {
    const { entries, lastSeq } = this.#page
    return lastSeq - entries.length + this.#index
  }

  /** Reads the next page, which leaves the event loop to others; resolves with false if there is none yet. */
  async #turnPage(): Promise<boolean> {
    const { lastSeq } = this.#page
    const page = await this.#recent.after(lastSeq)
    if (page.lastSeq === lastSeq) return false
    this.#page = page
    this.#index = 0
    await nextTurn()
    return true
  }

  #matches({ change, tags }: FeedEntry): boolean {
    const { types, productId, tag } = this.#filter
    return (
      (types.length === 0 || types.includes(change.type)) &&
      (productId === null || change.product_id === productId) &&
      (tag === null || tags.includes(tag))
    )
  }
}
