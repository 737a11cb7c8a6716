import { randomBytes } from 'node:crypto'
import { statement } from './connection.ts'
import type { GroupCommit, Operation } from './group-commit.ts'
import { readOne } from './reader.ts'
import { type Ownership, SHARDS, type Work } from './work.ts'

/** The length of a lease: how long an instance may be silent before the others take over its work. */
export const LEASE_MS = 15_000

/**
 * SQL for whether a time is still in the future, by the database's clock. Such times are set at most `longest` ms
 * ahead. One that is more than twice as far ahead was set before that clock was put back, and counts as past.
 */
export const isAhead = (until: string, longest: number | string) =>
  `(${until} BETWEEN clock_timestamp() AND clock_timestamp() + ${longest} * interval '2 ms')`

const join = statement(
  'lease-join',
  `INSERT INTO instances (id, until) VALUES ($1, clock_timestamp() + $2 * interval '1 ms')`,
)

// This also frees their shards. An instance that is settling at the moment is waited for, or left for the next time.
const buryDead = statement(
  'lease-bury',
  `DELETE FROM instances WHERE id IN (
     SELECT id FROM instances WHERE NOT ${isAhead('until', '$2')} AND id <> $1 FOR UPDATE SKIP LOCKED)`,
)

const renew = statement(
  'lease-renew',
  `UPDATE instances SET until = clock_timestamp() + $2 * interval '1 ms' WHERE id = $1 RETURNING id`,
)

const countInstances = statement<{ live: number; owned: number }>(
  'lease-count',
  `SELECT (SELECT count(*) FROM instances) AS live,
     (SELECT count(*) FROM shards WHERE owner = $1) AS owned`,
)

/**
 * The order of shards by their reversed bits: 0, 128, 64, 192, 32 and so on. Any consecutive ones in this order are
 * spread evenly between 0 and 255, so that products with consecutive keys, such as those of a small catalogue, are
 * shared evenly, too.
 */
const SPREAD = `reverse(shard::integer::bit(${Math.log2(SHARDS)})::text) COLLATE "C"`

const takeShards = statement(
  'lease-take',
  `UPDATE shards SET owner = $1 WHERE shard IN (
     SELECT shard FROM shards WHERE owner IS NULL ORDER BY ${SPREAD} LIMIT $2 FOR UPDATE SKIP LOCKED)`,
)

const selectShards = statement<{ shard: number }>(
  'lease-shards',
  `SELECT shard FROM shards WHERE owner = $1 ORDER BY ${SPREAD}`,
)

const releaseShards = statement(
  'lease-release',
  'UPDATE shards SET owner = NULL WHERE owner = $1 AND shard = ANY($2::smallint[])',
)

const leave = statement('lease-leave', 'DELETE FROM instances WHERE id = $1')

/** The share of an instance after it has renewed its lease. */
interface Holding {
  /** Its shards in that order; those beyond `share`, at the end, are to be released. */
  shards: number[]
  /** The number of shards that it should have, so that all instances have about as many. */
  share: number
  /** The number of instances, including this one. */
  instances: number
}

/** Adds an instance to those that share the work. */
const joinAs =
  (id: string, leaseMs: number): Operation<void> =>
  async ({ query }) => {
    await query(join, [id, leaseMs])
  }

/** Renews a lease and takes free shards up to a fair share. Returns undefined if the lease was lost. */
const renewAs =
  (id: string, leaseMs: number): Operation<Holding | undefined> =>
  async (transaction) => {
    const { query } = transaction
    await query(buryDead, [id, leaseMs])
    const [renewed] = await query(renew, [id, leaseMs])
    if (!renewed) return undefined
    const { live, owned } = await readOne(transaction, countInstances, [id])
    const share = Math.ceil(SHARDS / live)
    if (owned < share) await query(takeShards, [id, share - owned])
    const shards = await query(selectShards, [id])
    return { shards: shards.map(({ shard }) => shard), share, instances: live }
  }

/**
 * Shares the products with the other instances of the service on this database, in shards and by the database's clock.
 * Each instance has a single lease for all its shards, one row of `instances`. Settling locks that row, so the others,
 * who end the lease of a dead instance by deleting the row, wait for what it is settling at the moment.
 */
export class Leases implements Ownership {
  readonly #writer: GroupCommit
  readonly #leaseMs: number
  readonly #beforeRenewal: () => Promise<void>
  readonly #afterRenewal: () => void
  id: string | undefined
  /** The number of instances when this one last renewed its lease. */
  instances = 1
  /** The shards whose products this instance hands out, without those that are being drained. */
  readonly shards = new Set<number>()
  readonly #draining = new Set<number>()
  #timer: NodeJS.Timeout | undefined
  #renewing: Promise<void> | undefined

  constructor(
    writer: GroupCommit,
    options: { leaseMs: number; beforeRenewal: () => Promise<void>; afterRenewal: () => void },
  ) {
    this.#writer = writer
    this.#leaseMs = options.leaseMs
    this.#beforeRenewal = options.beforeRenewal
    this.#afterRenewal = options.afterRenewal
  }

  /** Joins the others, and renews the lease until `stop`. */
  async start(work: Work): Promise<void> {
    await this.renew(work)
    // If the database cannot be reached, the next renewal tries again.
    const renew = () => void this.renew(work).catch(() => {})
    this.#timer = setInterval(renew, this.#leaseMs / 3).unref()
  }

  /** Renews the lease, takes free shards and releases those beyond the share. */
  renew(work: Work): Promise<void> {
    this.#renewing ??= this.#renew(work).finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  /** Leaves the others at once. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#renewing?.catch(() => {})
    const { id } = this
    this.id = undefined
    if (id === undefined) return
    // If this fails, the lease ends by itself.
    await this.#writer.upkeep(async ({ query }) => void (await query(leave, [id]))).catch(() => {})
  }

  /** Call it when the lease was lost: the others have taken over the work that this one handed out. */
  lost(work: Work): void {
    this.id = undefined
    this.shards.clear()
    this.#draining.clear()
    work.clear()
  }

  async #renew(work: Work): Promise<void> {
    await this.#beforeRenewal()
    const id = this.id ?? (await this.#join())
    const holding = await this.#writer.upkeep(renewAs(id, this.#leaseMs))
    if (holding) {
      this.instances = holding.instances
      await this.#take(work, new Set(holding.shards))
    }
    // Settling can discover the loss at the same time.
    if (!holding || this.id !== id) {
      this.lost(work)
      return this.#renew(work)
    }
    await this.#release(id, work, holding)
    this.#afterRenewal()
  }

  async #join(): Promise<string> {
    const id = randomBytes(12).toString('base64url')
    await this.#writer.upkeep(joinAs(id, this.#leaseMs))
    this.id = id
    return id
  }

  /** Makes this instance hand out the products of these shards, and of no others. */
  async #take(work: Work, held: ReadonlySet<number>): Promise<void> {
    // After a failover, the server may lack the last transactions, in which shards were taken.
    const gone = this.shards.difference(held)
    for (const shard of gone) this.shards.delete(shard)
    if (gone.size > 0) work.drop(gone)
    const added = held.difference(this.shards).difference(this.#draining)
    if (added.size === 0) return
    for (const shard of added) this.shards.add(shard)
    try {
      await work.load(added)
    } catch (error) {
      // The next renewal tries again, if they are still its own then.
      for (const shard of added) this.shards.delete(shard)
      work.drop(added)
      throw error
    }
  }

  /** Stops handing out products of the shards beyond the share, and releases those with no work in flight. */
  async #release(id: string, work: Work, { shards, share }: Holding): Promise<void> {
    const excess = shards.length - share
    if (excess > this.#draining.size) {
      const kept = shards.filter((shard) => this.shards.has(shard))
      const dropped = kept.slice(this.#draining.size - excess)
      for (const shard of dropped) {
        this.shards.delete(shard)
        this.#draining.add(shard)
      }
      work.drop(new Set(dropped))
    }
    const drained = [...this.#draining].filter((shard) => !work.isBusy(shard))
    if (drained.length === 0) return
    await this.#writer.upkeep(async ({ query }) => void (await query(releaseShards, [id, drained])))
    for (const shard of drained) this.#draining.delete(shard)
  }
}
