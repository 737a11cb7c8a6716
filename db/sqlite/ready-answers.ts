import { LRUCache } from 'lru-cache'
import { isSteady, type SteadySpan, steadyFrom } from '../encoding/steady-span.ts'
import { NO_PAUSE, type Pause } from '../pause.ts'
import type { HistoryWindow, ReadyAnswer, ReadyCounts } from '../store.ts'
import type { CommitReport } from './commit-count.ts'
import type { Touched } from './touched.ts'

/** The bytes that a kept answer takes besides its texts: its objects, its tag, and its entries in the maps. */
const OVERHEAD = 400

/** The share of the memory for pages of lists. It is small because most commits drop all of them. */
const PAGES_SHARE = 1 / 8

/**
 * While the memory is full, only one in this many new products is kept. If all were, and more are read in turn than there is
 * memory for, each would be evicted before it is read again. (Similar to bimodal insertion: Qureshi et al., Adaptive
 * insertion policies for high performance caching, 2007.) A prime, so that reads in a regular pattern do not have the same
 * products refused each time.
 */
const KEPT_WHEN_FULL = 17

/** A value, and the span of time in which it stays correct if nothing is written. */
interface Kept<T> {
  value: T
  span: SteadySpan
}

type Window = Pick<HistoryWindow, 'from' | 'to'>

/** Names a product: outside, and in the tables. */
interface ProductNames {
  id: string
  key: number
}

/** What is kept about a product. */
interface OfProduct {
  key: number
  answers: Partial<Record<Kind, Kept<ReadyAnswer>>>
  /** The version of its history over the last window for which one was kept. */
  history?: Kept<Window & { version: string }>
}

type Kind = 'product' | 'offers'

/** The memory of an answer. V8 needs two bytes for each character of a text with one beyond Latin-1. */
function bytesOf({ body, link = '' }: ReadyAnswer): number {
  const isNarrow = Buffer.byteLength(body) === body.length
  return OVERHEAD + (isNarrow ? 1 : 2) * body.length + link.length
}

function bytesOfProduct({ answers, history }: OfProduct): number {
  const bytes = Object.values(answers).reduce((sum, { value }) => sum + bytesOf(value), 0)
  return history ? bytes + OVERHEAD + history.value.version.length : bytes
}

/** The size of a cache. At least 1 byte, in which no answer fits, because the library takes 0 for "no limit". */
const sizeOf = (bytes: number) => Math.max(1, Math.floor(bytes))

/** What the writer announces about its commits. */
export interface Announcement extends CommitReport {
  /** What was written. */
  touched: Touched[]
}

/**
 * Keeps answers for as long as a read would give the same. A reader can see a commit before the writer announces what
 * it wrote. Therefore answers are used only while the number of commits is the announced one: then every write has been
 * announced, and has dropped the answers that it touched.
 */
export class ReadyAnswers {
  readonly #count: () => number
  readonly #clock: () => number
  readonly #products: LRUCache<string, OfProduct>
  readonly #ids = new Map<number, string>()
  readonly #pages: LRUCache<string, Kept<ReadyAnswer>>
  readonly #forget = () => this.forgetCount()
  #announced: number
  /** Whether all commits were announced when they were last counted in this turn; undefined if they were not. */
  #isUpToDate: boolean | undefined
  #hits = 0
  #misses = 0
  /** The number of new products while the memory was full. */
  #newWhenFull = 0

  /** `count` returns the number of commits by anyone; `announced` is how many of them are known so far. */
  constructor(options: {
    bytes: number
    count: () => number
    announced: number
    clock: () => number
  }) {
    const forPages = options.bytes * PAGES_SHARE
    this.#count = options.count
    this.#clock = options.clock
    this.#announced = options.announced
    this.#products = new LRUCache({
      maxSize: sizeOf(options.bytes - forPages),
      dispose: ({ key }) => this.#ids.delete(key),
    })
    this.#pages = new LRUCache({ maxSize: sizeOf(forPages) })
  }

  get counts(): ReadyCounts {
    const bytes = this.#products.calculatedSize + this.#pages.calculatedSize
    return { hits: this.#hits, misses: this.#misses, bytes }
  }

  /** The answer about a product, if it is still correct. */
  ofProduct(id: string, kind: Kind, pause = NO_PAUSE): ReadyAnswer | undefined {
    return this.#current(this.#products.get(id)?.answers[kind], pause)
  }

  page(name: string, pause: Pause): ReadyAnswer | undefined {
    return this.#current(this.#pages.get(name), pause)
  }

  /** The version of a product's history over a window, if it is still correct. */
  historyVersion(id: string, { from, to }: Window): string | undefined {
    const kept = this.#products.get(id)?.history
    const isOfWindow = kept?.value.from === from && kept.value.to === to
    return this.#current(isOfWindow ? kept : undefined, NO_PAUSE)?.version
  }

  /** Call it in the turn in which the product was read, so that no announcement comes in between. */
  keepOfProduct(product: ProductNames, kind: Kind, answer: ReadyAnswer, span: SteadySpan): void {
    const { answers } = this.#products.get(product.id) ?? {}
    this.#keep(product, { answers: { ...answers, [kind]: { value: answer, span } } })
  }

  /** Call it in the turn in which the version was read. It stays correct from `since` on. */
  keepHistoryVersion(
    product: ProductNames,
    { from, to }: Window,
    version: string,
    since: number,
  ): void {
    this.#keep(product, { history: { value: { from, to, version }, span: steadyFrom(since) } })
  }

  /** Call it in the turn in which the page was read. */
  keepPage(name: string, answer: ReadyAnswer, span: SteadySpan): void {
    if (Number.isNaN(this.#announced)) return
    this.#pages.set(name, { value: answer, span }, { size: bytesOf(answer) + name.length })
  }

  /**
   * Drops the answers that commits touched. Call it before anyone learns of these commits. `isSeen` is false if the
   * reader could not leave its snapshot and does not see them: then nothing is kept until the next announcement.
   */
  announced({ commits, foreign, touched }: Announcement, isSeen = true): void {
    this.#announced = isSeen ? commits : Number.NaN
    this.forgetCount()
    if (foreign || Number.isNaN(this.#announced)) this.#drop('anything')
    else for (const one of touched) this.#drop(one)
  }

  /** Call it when a read transaction begins, which may see later commits than the one before it in this turn. */
  forgetCount(): void {
    this.#isUpToDate = undefined
  }

  #keep({ id, key }: ProductNames, part: Partial<OfProduct>): void {
    if (Number.isNaN(this.#announced)) return
    const known = this.#products.get(id)
    const product = { answers: {}, ...known, ...part, key }
    const size = bytesOfProduct(product)
    if (!known && !this.#isAdmitted(size)) return
    this.#products.set(id, product, { size })
    // `set` disposes of what it replaces, which deletes the id, and keeps nothing if that has become too large.
    if (this.#products.has(id)) this.#ids.set(key, id)
  }

  /** Whether to keep a product of this size that is not kept yet. */
  #isAdmitted(size: number): boolean {
    const { calculatedSize, maxSize } = this.#products
    if (calculatedSize + size <= maxSize) return true
    if (size > maxSize) return false
    this.#newWhenFull += 1
    return this.#newWhenFull % KEPT_WHEN_FULL === 0
  }

  #current<T>(kept: Kept<T> | undefined, pause: Pause): T | undefined {
    if (kept && isSteady(kept.span, this.#clock(), pause) && this.#isAllAnnounced()) {
      this.#hits += 1
      return kept.value
    }
    this.#misses += 1
    return undefined
  }

  #isAllAnnounced(): boolean {
    if (this.#isUpToDate === undefined) {
      this.#isUpToDate = this.#count() === this.#announced
      setImmediate(this.#forget)
    }
    return this.#isUpToDate
  }

  #drop(touched: Touched): void {
    if (touched === 'nothing') return
    this.#pages.clear()
    if (touched === 'lists') return
    if (touched === 'anything') {
      this.#products.clear()
    } else if ('ids' in touched) {
      for (const id of touched.ids) this.#products.delete(id)
    } else {
      for (const key of touched.keys) {
        const id = this.#ids.get(key)
        if (id !== undefined) this.#products.delete(id)
      }
    }
  }
}
