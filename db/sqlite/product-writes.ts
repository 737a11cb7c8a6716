import type { NewProduct, Product, ProductPatch } from '../../schemas/product.ts'
import { completeTexts } from '../../schemas/product-fields.ts'
import { ProductNotFound, VersionMismatch } from '../errors.ts'
import type { StoredProduct } from '../store.ts'
import { type FreshSpan, type IdentifiedProduct, toNewProduct, toStoredProduct } from './rows.ts'
import type { Work } from './work.ts'
import type { Writer } from './writer.ts'

interface Surroundings {
  clock: () => number
  newId: () => string
  /** When a product must have been checked to be fresh now. */
  freshSpan: () => FreshSpan
  /** Tells those who wait for it that a registration is due. */
  announce: () => void
}

/** Creates, changes and deletes products through the writer, and keeps the work in step with that. */
export class ProductWrites {
  readonly #writer: Writer
  readonly #work: Work
  readonly #surroundings: Surroundings

  constructor(writer: Writer, work: Work, surroundings: Surroundings) {
    this.#writer = writer
    this.#work = work
    this.#surroundings = surroundings
  }

  async create(item: NewProduct, id?: string): Promise<StoredProduct> {
    const made = this.#identified(item, id)
    const { at, registerAt } = await this.#create([made])
    return { ...toNewProduct(made, at, registerAt), version: 1 }
  }

  async createAll(items: NewProduct[]): Promise<Product[]> {
    const made = items.map((item) => this.#identified(item))
    const { at, registerAt } = await this.#create(made)
    return made.map((item) => toNewProduct(item, at, registerAt))
  }

  async update(id: string, patch: ProductPatch, versions?: number[]): Promise<StoredProduct> {
    const at = this.#surroundings.clock()
    const row = found(id, await this.#writer.call('updateProduct', { id, patch, versions, at }))
    this.#work.restartRegistrations() // It may have been read ahead as it was.
    if (row.registration === 'pending') this.#surroundings.announce()
    return toStoredProduct(row, this.#surroundings.freshSpan())
  }

  async delete(id: string, versions?: number[]): Promise<void> {
    const at = this.#surroundings.clock()
    found(id, await this.#writer.call('deleteProduct', { id, versions, at }))
    this.#work.restart()
  }

  #identified(item: NewProduct, id = this.#surroundings.newId()): IdentifiedProduct {
    return { id, ...completeTexts(item) }
  }

  /** Gives the creation time of them all, and when their registrations are due. */
  async #create(items: IdentifiedProduct[]): Promise<{ at: number; registerAt: number }> {
    const now = this.#surroundings.clock()
    const at = await this.#writer.call('createProducts', { items, at: now })
    this.#work.addedRegistration(now)
    this.#surroundings.announce()
    return { at, registerAt: now }
  }
}

/** What an operation on one product gave, or the error that it stands for. */
function found<T>(id: string, result: T | 'not-found' | 'version-mismatch'): T {
  if (result === 'not-found') throw new ProductNotFound(id)
  if (result === 'version-mismatch') throw new VersionMismatch(id)
  return result
}
