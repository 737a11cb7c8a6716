import type { Database } from 'better-sqlite3'
import type { FreshSpan } from '../encoding/product.ts'
import { present } from '../present.ts'
import type { ProductQuery } from '../store.ts'
import { matchOf } from './search-index.ts'

/** A catalogue with fewer products than this is always scanned, because an index would hardly be faster. */
const MANY = 1_000

/** The cost of looking up and sorting a product, relative to skipping one. */
const LOOKUP_COST = 4

const PENDING = 'SELECT key FROM products WHERE register_at IS NOT NULL'
const REJECTED = "SELECT key FROM products WHERE registration = 'rejected'"
const REGISTERED = 'SELECT product_key AS key FROM refreshes WHERE due_at IS NOT NULL'
const PRICED = 'SELECT product_key AS key FROM refreshes WHERE lowest_price BETWEEN @min AND @max'
const STALE = `${REGISTERED} AND checked_at IS NULL
  UNION ALL ${REGISTERED} AND checked_at < @since
  UNION ALL ${REGISTERED} AND checked_at > @until`

/** A condition of a list that holds only for some products. */
interface Condition {
  /**
   * SQL for a query that joins `products` and `refreshes`. The unary plus before a column keeps SQLite from choosing an
   * index for it.
   */
  holds: string
  /** SQL that selects the keys of all products for which it may hold, by indexes. */
  keys: string
}

/** The conditions by their names. */
const CONDITIONS = {
  stale: {
    holds: '(+checked_at IS NULL OR +checked_at NOT BETWEEN @since AND @until)',
    keys: `${STALE} UNION ALL ${PENDING} UNION ALL ${REJECTED}`,
  },
  fresh: {
    holds: '+checked_at BETWEEN @since AND @until',
    keys: `${REGISTERED} AND checked_at BETWEEN @since AND @until
      UNION ALL SELECT product_key FROM refreshes
        WHERE due_at IS NULL AND checked_at IS NOT NULL AND checked_at BETWEEN @since AND @until`,
  },
  pending: { holds: "+registration = 'pending'", keys: PENDING },
  registered: { holds: "+registration = 'registered'", keys: REGISTERED },
  rejected: { holds: "+registration = 'rejected'", keys: REJECTED },
  priced: { holds: '+lowest_price BETWEEN @min AND @max', keys: PRICED },
  updated: {
    holds: '+updated_at >= @updatedSince',
    keys: 'SELECT key FROM products WHERE updated_at >= @updatedSince',
  },
  tagged: {
    holds: `(SELECT count(*) FROM json_each(@tags) AS sought JOIN product_tags AS tagged
      ON tagged.tag = sought.value AND tagged.product_key = products.key) = json_array_length(@tags)`,
    keys: 'SELECT product_key AS key FROM product_tags WHERE tag = @rarest',
  },
} satisfies Record<string, Condition>

type ConditionName = keyof typeof CONDITIONS

/** Whether this condition is about tags. */
export const isTagged = (condition: Condition) => condition === CONDITIONS.tagged

/** How the products of a list are found. */
export interface Selection {
  conditions: Condition[]
  /** The condition whose products are looked up and sorted; if undefined, all products are scanned in order. */
  from?: Condition
  /** The tag of the query that the fewest products have, if it has tags. */
  rarest?: string
  /** Identifies this selection. */
  name: string
}

/** The values of the named parameters in the SQL of conditions. */
export const valuesOf = ({ prices, tags, updatedSince, words }: ProductQuery) => ({
  ...prices,
  ...(tags && { tags: JSON.stringify(tags) }),
  ...(updatedSince !== undefined && { updatedSince }),
  ...(words.length > 0 && { match: matchOf(words) }),
})

/**
 * Makes the function that decides how to find the products of a list. No index has those for which its conditions hold
 * in the order of the list. So either they are looked up and sorted, or the list is scanned in order and the others are
 * skipped: whichever takes less time in the worst case.
 */
export function selector(db: Database) {
  const selectProducts = db.prepare<[], number>('SELECT products FROM totals').pluck()
  const countOf = (name: ConditionName) =>
    db
      .prepare<FreshSpan & ReturnType<typeof valuesOf> & { rarest?: string; most: number }, number>(
        `SELECT count(*) FROM (${CONDITIONS[name].keys} LIMIT @most)`,
      )
      .pluck()
  const counts: Record<ConditionName, ReturnType<typeof countOf>> = {
    stale: countOf('stale'),
    fresh: countOf('fresh'),
    pending: countOf('pending'),
    registered: countOf('registered'),
    rejected: countOf('rejected'),
    priced: countOf('priced'),
    updated: countOf('updated'),
    tagged: countOf('tagged'),
  }

  /** The tag that the fewest products have. Counting stops at `most`. */
  function rarestOf(tags: string[], fresh: FreshSpan, most: number): string | undefined {
    if (tags.length < 2) return tags[0]
    const counted = tags.map((tag) => {
      const count = counts.tagged.get({ ...fresh, rarest: tag, most })
      return { tag, count: present(count, 'a count of products') }
    })
    return counted.sort((a, b) => a.count - b.count)[0]?.tag
  }

  return (query: ProductQuery, fresh: FreshSpan): Selection => {
    const { stale, registration, prices, tags = [], updatedSince, words } = query
    const names: ConditionName[] = []
    if (stale !== undefined) names.push(stale ? 'stale' : 'fresh')
    if (registration !== undefined) names.push(registration)
    if (prices !== undefined) names.push('priced')
    if (updatedSince !== undefined) names.push('updated')
    if (tags.length > 0) names.push('tagged')
    const conditions = names.map((name) => CONDITIONS[name])
    const name = names.join()
    // A search always scans its matches.
    if (names.length === 0 || words.length > 0) return { conditions, name }
    const products = present(selectProducts.get(), 'the totals')
    // Looking up more products than this takes longer than a scan, so counting them can stop here.
    const most = Math.floor(products / (LOOKUP_COST + 1)) + 1
    const rarest = rarestOf(tags, fresh, most)
    const all: Selection = { conditions, rarest, name }
    if (products < MANY) return all
    let from: ConditionName | undefined
    let fewest = most
    for (const name of names) {
      const count = counts[name].get({ ...fresh, ...valuesOf(query), rarest, most })
      const found = present(count, 'a count of products')
      if (found < fewest) [from, fewest] = [name, found]
    }
    if (!from) return all
    return { ...all, from: CONDITIONS[from], name: `${name} from ${from}` }
  }
}

export type Selector = ReturnType<typeof selector>
