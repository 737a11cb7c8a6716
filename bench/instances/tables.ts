import { execute } from '../../test/postgres/execute.ts'
import { rounded } from '../history/figures.ts'

/** What PostgreSQL has counted of one table. */
interface TableCounts {
  name: string
  updated: number
  hot: number
  dead: number
  live: number
  vacuums: number
}

/** The tables that polls write to. */
const SELECT = `SELECT relname AS name, n_tup_upd AS updated, n_tup_hot_upd AS hot, n_dead_tup AS dead,
    n_live_tup AS live, autovacuum_count AS vacuums
  FROM pg_stat_user_tables WHERE relname IN ('polls', 'listings', 'history', 'offers', 'feed') ORDER BY relname`

async function readCounts(url: string): Promise<TableCounts[]> {
  const { rows } = await execute(url, SELECT)
  return rows.map(({ name, ...counts }) => {
    const { updated, hot, dead, live, vacuums } = counts
    return {
      name,
      ...{ updated: Number(updated), hot: Number(hot), dead: Number(dead) },
      ...{ live: Number(live), vacuums: Number(vacuums) },
    }
  })
}

/** Watches how tables are updated: what share of the updates leaves all indexes alone, and how many rows are dead. */
export class TableWatch {
  readonly #url: string
  readonly #before: Map<string, TableCounts>
  readonly #mostDead = new Map<string, number>()

  private constructor(url: string, before: TableCounts[]) {
    this.#url = url
    this.#before = new Map(before.map((counts) => [counts.name, counts]))
  }

  static async begin(url: string): Promise<TableWatch> {
    return new TableWatch(url, await readCounts(url))
  }

  /** Reads the counts; gives those since the beginning for each table. */
  async read(): Promise<Record<string, object>> {
    const figures: Record<string, object> = {}
    for (const { name, updated, hot, dead, live, vacuums } of await readCounts(this.#url)) {
      const mostDead = Math.max(this.#mostDead.get(name) ?? 0, dead)
      this.#mostDead.set(name, mostDead)
      const before = this.#before.get(name)
      const updates = updated - (before?.updated ?? 0)
      figures[name] = {
        updates,
        hot_share: updates === 0 ? null : rounded((hot - (before?.hot ?? 0)) / updates, 4),
        live_rows: live,
        most_dead_rows: mostDead,
        vacuums: vacuums - (before?.vacuums ?? 0),
      }
    }
    return figures
  }
}
