import { DAY_MS } from '../../history/time.ts'
import { StoreDamaged } from '../errors.ts'
import type { Compaction } from '../store.ts'
import type { CompactionReader } from './history/compaction.ts'
import { ofNoProduct } from './touched.ts'
import type { Writer } from './writer.ts'

/** The full-text index is merged if it has more segments than this; a search looks into each. */
const MAX_SEGMENTS = 4

/** The time between two merge steps: long enough that they take little from the writes that add segments. */
const MERGE_EVERY_MS = 1_000

/** Does a step of one kind of work, if there is any. Returns whether there was. */
type Work = (compaction: Compaction) => Promise<boolean>

/** Reads what there is to do. */
type Look = <Answer>(question: (reader: CompactionReader) => Answer) => Answer

/**
 * Does the work that keeps the database small, one step at a time. The kinds of work take turns, so none waits until
 * another has finished.
 */
export class Compactor {
  readonly #look: Look
  readonly #writer: Pick<Writer, 'call'>
  readonly #clock: () => number
  readonly #works: Work[] = [
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
  #lookedBefore = Number.NEGATIVE_INFINITY
  /** The last product that was searched; undefined after the whole catalogue. */
  #looked: number | undefined
  /** The last product whose extremes were checked; undefined after the whole catalogue. */
  #checked: number | undefined = 0
  #mergedAt = Number.NEGATIVE_INFINITY
  /** The number of segments when no more of them could be merged. */
  #unmerged: number | undefined

  /** `look` reads what there is to do. `clock` returns the time in epoch ms. */
  constructor(look: Look, writer: Pick<Writer, 'call'>, clock: () => number) {
    this.#look = look
    this.#writer = writer
    this.#clock = clock
  }

  /** Does a step. Returns whether there was one to do. */
  async step(compaction: Compaction): Promise<boolean> {
    for (let tried = 0; tried < this.#works.length; tried++) {
      const work = this.#works[this.#turn++ % this.#works.length]
      if (await work?.(compaction)) return true
    }
    return false
  }

  async #compactHistory({ rollBefore, rawBefore }: Compaction): Promise<boolean> {
    this.#product ??= this.#look((reader) => reader.productToRollUp(rollBefore, this.#damaged))
    if (this.#product === undefined && !this.#lookForOldPolls(rawBefore)) return false
    if (this.#product === undefined) return true
    const key = this.#product
    const input = { key, rollBefore, deleteBefore: rawBefore }
    const isMore = await this.#writer
      .call('compactHistory', input, ofNoProduct)
      .catch((error: unknown) => {
        if (!(error instanceof StoreDamaged)) throw error
        this.#damaged.add(key)
        return false
      })
    if (!isMore) this.#product = undefined
    return true
  }

  /**
   * Looks for a product with polls that are too old to keep. Returns whether a search was due. Each product is rolled
   * up once a day and loses its old polls then; those that were rolled up before lose more of them if the retention
   * was shortened.
   */
  #lookForOldPolls(rawBefore: number): boolean {
    if (Math.abs(rawBefore - this.#lookedBefore) >= DAY_MS) {
      this.#lookedBefore = rawBefore
      this.#looked = 0
    }
    if (this.#looked === undefined) return false
    const after = this.#looked
    const { product, last } = this.#look((reader) =>
      reader.productWithPolls(rawBefore, after, this.#damaged),
    )
    this.#product = product
    this.#looked = product ?? last
    return true
  }

  async #compactChanges({ changesBefore: before }: Compaction): Promise<boolean> {
    const now = this.#clock()
    if (!this.#look((reader) => reader.hasChanges(before, now))) return false
    await this.#writer.call('compactChanges', { before, now }, ofNoProduct)
    return true
  }

  async #sweepKeys(): Promise<boolean> {
    const now = this.#clock()
    if (!this.#look((reader) => reader.hasOldKeys(now))) return false
    await this.#writer.call('sweepKeys', { now }, ofNoProduct)
    return true
  }

  /** Completes the all-time extremes that a version without them wrote. Each start looks at all products once. */
  async #completeExtremes(): Promise<boolean> {
    const after = this.#checked
    if (after === undefined) return false
    const { product: key, last } = this.#look((reader) => reader.productBehind(after))
    this.#checked = key ?? last
    if (key === undefined) return last !== undefined
    await this.#writer.call('completeExtremes', { key }, ofNoProduct).catch((error: unknown) => {
      if (!(error instanceof StoreDamaged)) throw error
    })
    return true
  }

  async #mergeSegments(): Promise<boolean> {
    const now = this.#clock()
    if (Math.abs(now - this.#mergedAt) < MERGE_EVERY_MS) return false
    const segments = this.#look((reader) => reader.segments())
    if (segments <= MAX_SEGMENTS || segments === this.#unmerged) return false
    this.#mergedAt = now
    const isMore = await this.#writer.call('mergeSegments', undefined, ofNoProduct)
    this.#unmerged = isMore ? undefined : segments
    return true
  }

  async #releasePages(): Promise<boolean> {
    if (!this.#look((reader) => reader.hasFreePages())) return false
    await this.#writer.call('releasePages', undefined, ofNoProduct)
    return true
  }
}
