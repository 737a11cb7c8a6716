import type { NewProduct, Product } from '../schemas/product.ts'
import { contentOf } from '../schemas/product-fields.ts'
import { call, RequestFailed } from './api.ts'
import { create } from './create.ts'
import { tell, tellFailure } from './messages.ts'
import { quoted } from './quoted.ts'
import { go, productLink } from './router.ts'

/** A product as the user saw it, with the tag of that version. */
export interface Version {
  product: Product
  etag: string
}

/** What a change ran into: the version that someone else made, or the deletion of the product. */
export type Conflict = Version | 'gone'

const pathOf = (id: string) => `/products/${id}`

const UNDO_FAILURES: Record<number, string> = {
  404: 'someone deleted the product',
  412: 'someone changed the product in the meantime',
}

/** Runs an undo, and reports why if it fails. */
async function undo(what: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const reason = error instanceof RequestFailed ? UNDO_FAILURES[error.status] : undefined
    tellFailure(what, reason ? new Error(reason) : error)
  }
}

/** Creates a product and goes to it. The message offers to undo that. Throws `RequestFailed`. */
export async function createProduct(input: NewProduct): Promise<void> {
  const { data, etag } = await create<Product>('/products', input)
  go(productLink(data.id))
  tell(`Created ${quoted(data.name)}.`, {
    label: 'Undo',
    run: () =>
      undo('Not undone', async () => {
        await call(pathOf(data.id), { method: 'DELETE', ifMatch: etag })
        go('#/')
        tell(`Removed ${quoted(data.name)} again.`)
      }),
  })
}

/**
 * Changes a product, unless it has changed since the user saw it. The message offers to undo that, which fails if
 * someone changes the product in between. Throws `RequestFailed`.
 */
export async function updateProduct(before: Version, input: NewProduct): Promise<void> {
  const path = pathOf(before.product.id)
  const { data, etag } = await call<Product>(path, {
    method: 'PATCH',
    body: input,
    ifMatch: before.etag,
  })
  tell(`Changed ${quoted(data.name)}.`, {
    label: 'Undo',
    run: () =>
      undo('Not undone', async () => {
        await call(path, { method: 'PATCH', body: contentOf(before.product), ifMatch: etag })
        tell(`${quoted(before.product.name)} is as it was.`)
      }),
  })
}

/** The conflict that made a change fail; undefined if it failed for another reason. */
export async function conflictOf(id: string, error: unknown): Promise<Conflict | undefined> {
  const status = error instanceof RequestFailed ? error.status : 0
  if (status === 404) return 'gone'
  if (status !== 412) return undefined
  try {
    const { data, etag } = await call<Product>(pathOf(id))
    return { product: data, etag }
  } catch (error) {
    return error instanceof RequestFailed && error.status === 404 ? 'gone' : undefined
  }
}

/** Reports that someone else made the same change. */
export function tellSame({ name }: Product): void {
  tell(`${quoted(name)} needs no change: someone else has already made the same one.`)
}

/** Reports that the user kept someone else's version. The message offers to return to what the user typed. */
export function tellLeft({ name }: Product, back: () => void): void {
  tell(`Kept the other version of ${quoted(name)}.`, { label: 'Back to mine', run: back })
}

/** Reports that someone else deleted a product, and goes to the catalogue. */
export function tellDeletedAlready({ name }: Product): void {
  go('#/')
  tell(`${quoted(name)} had already been deleted.`)
}

/**
 * Deletes a product, if it is still the one with this tag, and goes to the catalogue. History is
 * gone then, and the message does not promise it back: it offers a new product of the same name.
 * Throws `RequestFailed`.
 */
export async function deleteProduct(product: Product, ifMatch: string) {
  await call(pathOf(product.id), { method: 'DELETE', ifMatch })
  go('#/')
  tell(`Deleted ${quoted(product.name)} with its history.`, {
    label: 'Create it again',
    run: () => undo('Not created', () => createProduct(contentOf(product))),
  })
}
