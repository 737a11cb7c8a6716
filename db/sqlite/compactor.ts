import { DAY_MS } from '../../history/time.ts'
import { StoreDamaged } from '../errors.ts'
import type { Compaction } from '../store.ts'
import type { CompactionReader } from './history/compaction.ts'
import { touchesNothing } from './touched.ts'
import type { Writer } from './writer.ts'

/** The full-text index is merged if it has more segments than this; a search looks into each. */
const MAX_SEGMENTS = 4

/** The time between two merge steps: long enough that they hardly slow down the writes that add segments. */
const MERGE_EVERY_MS = 1_000

/** Does one step of its kind of work. Returns whether there was anything to do. */
type Step = (compaction: Compaction) => Promise<boolean>

/** Runs a query that finds work. */
type Read = <Result>(query: (reader: CompactionReader) => Result) => Result

/**
 * Does the work that keeps the database small, one step at a time. The kinds of work take turns, so that none has to
 * wait until another is finished.
 */
export class Compactor {
  readonly #read: Read
  readonly #writer: Pick<Writer, 'call'>
  readonly #clock: () => number
  readonly #steps: Step[] = [
    (compaction) => this.#compactHistory(compaction),
    (compaction) => this.#compactChanges(compaction),
    () => this.#sweepKeys(),
    () => this.#completeExtremes(),
    () => this.#mergeSegments(),
    () => this.#releasePages(),
  ]
  #turn = 0
  /** Products whose history is damaged. They are skipped until the store is reopened. */
  readonly #damaged = new Set<number>()
  /** The product whose history is being compacted. */
  #product: number | undefined
  /** The `rawBefore` for which products were last searched. */
  #searchedBefore = Number.NEGATIVE_INFINITY
  /** The last product that was searched for old polls; undefined once all were. */
  #lastSearched: number | undefined
  /** The last product whose extremes were checked; undefined once all were. */
  #lastChecked: number | undefined = 0
  #mergedAt = Number.NEGATIVE_INFINITY
  /** The number of segments when no more of them could be merged. */
  #unmerged: number | undefined

  /** `read` finds the work. `clock` returns the time in epoch ms. */
  constructor(read: Read, writer: Pick<Writer, 'call'>, clock: () => number) {
    this.#read = read
    this.#writer = writer
    this.#clock = clock
  }

  /** Does a step. Returns whether there was one to do. */
  async step(compaction: Compaction): Promise<boolean> {
    for (let tried = 0; tried < this.#steps.length; tried++) {
      const step = this.#steps[this.#turn++ % this.#steps.length]
      if (await step?.(compaction)) return true
    }
    return false
  }

  async #compactHistory({ rollBefore, rawBefore }: Compaction): Promise<boolean> {
    this.#product ??= this.#read((reader) => reader.productToRollUp(rollBefore, this.#damaged))
    if (this.#product === undefined && !this.#searchOldPolls(rawBefore)) return false
    if (this.#product === undefined) return true
    const key = this.#product
    const input = { key, rollBefore, deleteBefore: rawBefore }
    const isMore = await this.#writer
      .call('compactHistory', input, () => ({ keys: [key] }))
      .catch((error: unknown) => {
        if (!(error instanceof StoreDamaged)) throw error
        this.#damaged.add(key)
        return false
      })
    if (!isMore) this.#product = undefined
    return true
  }

  /**
   * Searches for a product with polls that are too old to keep. Returns whether a search was due. Old polls are
   * normally deleted when a product is rolled up. This finds those that are left because the retention
   * was shortened afterwards.
   */
  #searchOldPolls(rawBefore: number): boolean {
    if (Math.abs(rawBefore - this.#searchedBefore) >= DAY_MS) {
      this.#searchedBefore = rawBefore
      this.#lastSearched = 0
    }
    if (this.#lastSearched === undefined) return false
    const after = this.#lastSearched
    const { product, last } = this.#read((reader) =>
      reader.productWithPolls(rawBefore, after, this.#damaged),
    )
    this.#product = product
    this.#lastSearched = product ?? last
    return true
  }

  async #compactChanges({ changesBefore: before }: Compaction): Promise<boolean> {
    const now = this.#clock()
    if (!this.#read((reader) => reader.hasChanges(before, now))) return false
    await this.#writer.call('compactChanges', { before, now }, touchesNothing)
    return true
  }

  async #sweepKeys(): Promise<boolean> {
    const now = this.#clock()
    if (!this.#read((reader) => reader.hasOldKeys(now))) return false
    await this.#writer.call('sweepKeys', { now }, touchesNothing)
    return true
  }

  /** Adds the all-time extremes that older versions did not store. Checks all products once after each start. */
  async #completeExtremes(): Promise<boolean> {
    const after = this.#lastChecked
    if (after === undefined) return false
    const { product: key, last } = this.#read((reader) => reader.productWithoutExtremes(after))
    this.#lastChecked = key ?? last
    if (key === undefined) return last !== undefined
    await this.#writer.call('completeExtremes', { key }, touchesNothing).catch((error: unknown) => {
      if (!(error instanceof StoreDamaged)) throw error
    })
    return true
  }

  async #mergeSegments(): Promise<boolean> {
    const now = this.#clock()
    if (Math.abs(now - this.#mergedAt) < MERGE_EVERY_MS) return false
    const segments = this.#read((reader) => reader.segments())
    if (segments <= MAX_SEGMENTS || segments === this.#unmerged) return false
    this.#mergedAt = now
    const isMore = await this.#writer.call('mergeSegments', undefined, touchesNothing)
    this.#unmerged = isMore ? undefined : segments
    return true
  }

  async #releasePages(): Promise<boolean> {
    if (!this.#read((reader) => reader.hasFreePages())) return false
    await this.#writer.call('releasePages', undefined, touchesNothing)
    return true
  }
}
