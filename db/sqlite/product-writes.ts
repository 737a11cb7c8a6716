import type { OnConflict } from '../../schemas/batch.ts'
import type { KeyedProduct, NewProduct, ProductPatch } from '../../schemas/product.ts'
import { type FreshSpan, toNewProduct, toStoredProduct } from '../encoding/product.ts'
import { toWritten } from '../encoding/written.ts'
import { VersionMismatch } from '../errors.ts'
import { carriedOut } from '../idempotency.ts'
import {
  accepted,
  batchResults,
  type Creation,
  changeResults,
  createdProduct,
  deletionResults,
  withExternalId,
} from '../refusals.ts'
import type {
  BatchItemResult,
  ChangeResult,
  DeletionResult,
  IdempotencyKey,
  StoredProduct,
} from '../store.ts'
import type { StoredRow } from './operations/product-rows.ts'
import type { Touched } from './touched.ts'
import type { Work } from './work.ts'
import type { Writer } from './writer.ts'

interface WriteEnvironment {
  clock: () => number
  newId: () => string
  /** When a product must have been checked to count as fresh now, or at a time. */
  freshSpan: (at?: number) => FreshSpan
}

/** What a put changed: a product that it returns, or else only lists, which got a new one. */
const touchedByPut = (row: StoredRow | number | string): Touched =>
  typeof row === 'object' ? { keys: [row.key] } : 'lists'

const touchedByCreation = (creation: Creation<StoredRow> | string): Touched =>
  typeof creation === 'object' ? { keys: creation.conflicts.map(({ row }) => row.key) } : 'nothing'

/** Creates, changes and deletes products through the writer, and keeps what was read ahead of their work valid. */
export class ProductWrites {
  readonly #writer: Writer
  readonly #work: Work
  readonly #environment: WriteEnvironment

  constructor(writer: Writer, work: Work, environment: WriteEnvironment) {
    this.#writer = writer
    this.#work = work
    this.#environment = environment
  }

  async create(
    item: NewProduct,
    { id, once }: { id?: string; once?: IdempotencyKey } = {},
  ): Promise<StoredProduct> {
    return createdProduct(item, await this.#create([item], { once }, id))
  }

  async createAll(
    items: NewProduct[],
    onConflict?: OnConflict,
    once?: IdempotencyKey,
  ): Promise<BatchItemResult[]> {
    const creation = await this.#create(items, { onConflict, once })
    return batchResults(items, creation, this.#environment.freshSpan)
  }

  async put(
    externalId: string,
    item: KeyedProduct,
    match?: { versions?: number[] },
  ): Promise<{ product: StoredProduct; created: boolean }> {
    const now = this.#environment.clock()
    const made = { id: this.#environment.newId(), ...toWritten(item), external_id: externalId }
    const result = await this.#writer.call(
      'putProduct',
      { product: made, match, at: now },
      touchedByPut,
    )
    if (result === 'not-found') {
      const which = withExternalId(externalId)
      throw new VersionMismatch(`There is no product ${which}; leave out If-Match to create it`)
    }
    if (typeof result === 'number') {
      this.#created(now)
      return { product: { ...toNewProduct(made, result, now), version: 1 }, created: true }
    }
    return { product: this.#updated(accepted(withExternalId(externalId), result)), created: false }
  }

  async update(id: string, patch: ProductPatch, versions?: number[]): Promise<StoredProduct> {
    const at = this.#environment.clock()
    return this.#updated(
      accepted(
        id,
        await this.#writer.call('updateProduct', { id, patch, versions, at }, () => ({
          ids: [id],
        })),
      ),
    )
  }

  async updateAll(changes: { id: string; patch: ProductPatch }[]): Promise<ChangeResult[]> {
    const at = this.#environment.clock()
    const results = await this.#writer.call('updateProducts', { changes, at }, () => ({
      ids: changes.map(({ id }) => id),
    }))
    this.#changed(results.flatMap((row) => (typeof row === 'object' && 'key' in row ? row : [])))
    const ids = changes.map(({ id }) => id)
    return changeResults(ids, results, this.#environment.freshSpan())
  }

  async deleteAll(ids: string[]): Promise<DeletionResult[]> {
    const at = this.#environment.clock()
    const deleted = await this.#writer.call('deleteProducts', { ids, at }, () => ({ ids }))
    this.#work.restart()
    return deletionResults(ids, new Set(deleted))
  }

  async delete(id: string, versions?: number[]): Promise<void> {
    const at = this.#environment.clock()
    accepted(
      id,
      await this.#writer.call('deleteProduct', { id, versions, at }, () => ({ ids: [id] })),
    )
    this.#work.restart()
  }

  async #create(
    items: NewProduct[],
    options: { onConflict?: OnConflict; once?: IdempotencyKey },
    id?: string,
  ): Promise<Creation<StoredRow>> {
    const at = this.#environment.clock()
    const named = items.map((item) => ({ id: id ?? this.#environment.newId(), ...item }))
    const input = { items: named, at, ...options }
    const creation = carriedOut(await this.#writer.call('createProducts', input, touchedByCreation))
    const { conflicts, registerAt } = creation
    if (conflicts.length < items.length) this.#created(registerAt)
    this.#changed(conflicts.flatMap(({ status, row }) => (status === 'updated' ? row : [])))
    return creation
  }

  /** Call it after products were created whose registrations are due at `registerAt`. */
  #created(registerAt: number): void {
    this.#work.addedRegistration(registerAt)
    this.#work.announce()
  }

  /** Call it after products were changed, because that can make registrations due. */
  #changed(rows: StoredRow[]): void {
    if (rows.length === 0) return
    this.#work.restartRegistrations() // Tasks that were read ahead may contain the old texts.
    if (rows.some(({ registration }) => registration === 'pending')) this.#work.announce()
  }

  #updated(row: StoredRow): StoredProduct {
    this.#changed([row])
    return toStoredProduct(row, this.#environment.freshSpan())
  }
}
