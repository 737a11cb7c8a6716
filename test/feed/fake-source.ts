import type { ChangePage, ChangeQuery } from '../../db/store.ts'
import type { Source, Subscription } from '../../feed/subscription.ts'
import type { Change } from '../../schemas/change.ts'

/** A feed in memory, which counts what it is asked. */
export class FakeSource implements Source {
  position: number
  readonly queries: ChangeQuery[] = []
  readonly joined: Subscription[] = []
  readonly left: Subscription[] = []
  readonly #feed: Change[]
  readonly #most: number

  /** It gives `most` changes at once at most, wanted or not. */
  constructor(feed: Change[], most = Number.POSITIVE_INFINITY) {
    this.position = feed.at(-1)?.seq ?? 0
    this.#feed = feed
    this.#most = most
  }

  async changes(query: ChangeQuery): Promise<ChangePage> {
    this.queries.push(query)
    const { after = 0, limit, type } = query
    const page = this.#feed.filter(({ seq }) => seq > after).slice(0, Math.min(limit, this.#most))
    const items = page.filter((change) => type === undefined || change.type === type)
    return { items, lastSeq: page.at(-1)?.seq ?? this.position }
  }

  join(subscription: Subscription): void {
    this.joined.push(subscription)
  }

  leave(subscription: Subscription): void {
    this.left.push(subscription)
  }
}
