import { shared } from '../../concurrency/in-flight.ts'
import type { ChangePage, Store } from '../../db/store.ts'
import type { Change } from '../../schemas/change.ts'

/** The number of changes per read. */
const PAGE = 1_000

/** The number of changes that are kept for those that are not far behind: some megabytes. */
const KEPT = 4_000

/** A change, with its JSON. */
export interface FeedEntry {
  change: Change
  text: string
  /** The tags that its product had before or after it, if they were asked for. */
  tags: readonly string[]
}

/** Consecutive changes. */
export interface FeedPage {
  entries: FeedEntry[]
  /** No change up to this one is missing from the page. */
  lastSeq: number
}

const NO_TAGS: readonly string[] = []

const toPage = ({ items, lastSeq, tags = [] }: ChangePage): FeedPage => ({
  entries: items.map((change, index) => {
    return { change, text: JSON.stringify(change), tags: tags[index] ?? NO_TAGS }
  }),
  lastSeq,
})

/**
 * Reads the feed for all webhooks. However many there are, a change is read from the store and serialised once, unless
 * a webhook is far behind the others.
 */
export class RecentChanges {
  readonly #store: Pick<Store, 'changes' | 'lastSeq'>
  readonly #withTags: boolean
  /** The last changes that were read, and the one before them. The feed has no gaps. */
  #entries: FeedEntry[] = []
  #before = 0
  readonly #extend = shared(async () => {
    const last = this.#last
    const { entries } = await this.#read(last)
    // Meanwhile, what was read for a webhook that is behind may have replaced what is kept.
    if (this.#last === last) this.#keep([...this.#entries, ...entries])
  })

  /** With the tags of the products too, which takes longer, or without. */
  constructor(store: Pick<Store, 'changes' | 'lastSeq'>, withTags = false) {
    this.#store = store
    this.#withTags = withTags
  }

  /** Some changes after `seq`; none if it is the last one. Rejects with `ChangesCompacted`. */
  async after(seq: number): Promise<FeedPage> {
    if (seq >= this.#store.lastSeq) return { entries: [], lastSeq: seq }
    if (seq === this.#last) await this.#extend()
    if (seq >= this.#before && seq < this.#last) {
      const entries = this.#entries.slice(seq - this.#before, seq - this.#before + PAGE)
      return { entries, lastSeq: seq + entries.length }
    }
    const page = await this.#read(seq)
    if (page.lastSeq > this.#last) {
      this.#before = seq
      this.#keep(page.entries)
    }
    return page
  }

  get #last(): number {
    return this.#before + this.#entries.length
  }

  async #read(after: number): Promise<FeedPage> {
    const query = { after, limit: PAGE, withTags: this.#withTags }
    return toPage(await this.#store.changes(query))
  }

  #keep(entries: FeedEntry[]): void {
    const excess = Math.max(0, entries.length - KEPT)
    this.#entries = entries.slice(excess)
    this.#before += excess
  }
}
