import type { NewProduct, Product } from '../schemas/product.ts'
import { textsOf } from '../schemas/product-fields.ts'
import { call, RequestFailed } from './api.ts'
import { tell, tellFailure } from './messages.ts'
import { go, productLink } from './router.ts'

/** A product as it was seen, with the tag of that version. */
export interface Version {
  product: Product
  etag: string
}

/** A product as someone else left it, or that it is gone. */
export type Met = Version | 'gone'

const pathOf = (id: string) => `/products/${id}`

/** A name as messages show it. */
function quoted(name: string): string {
  return `“${name.length > 60 ? `${name.slice(0, 59)}…` : name}”`
}

const MOVED_ON: Record<number, string> = {
  404: 'it is not there any more',
  412: 'someone changed it since',
}

/** Runs an undo; what stands in its way is told, and nothing else is undone. */
async function undo(what: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (error) {
    const reason = error instanceof RequestFailed ? MOVED_ON[error.status] : undefined
    tellFailure(what, reason ? new Error(reason) : error)
  }
}

/** Creates a product and goes to it; the message can undo that. Throws `RequestFailed`. */
export async function createProduct(input: NewProduct): Promise<void> {
  const { data, etag } = await call<Product>('/products', { method: 'POST', body: input })
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
 * Changes a product, if it is still the one that was seen before; the message can undo that, if nobody
 * changes it in between. Throws `RequestFailed`.
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
        await call(path, { method: 'PATCH', body: textsOf(before.product), ifMatch: etag })
        tell(`${quoted(before.product.name)} is as it was.`)
      }),
  })
}

/** What a change met: the product as someone else left it, or that it is gone. Undefined: nothing of the kind. */
export async function metBy(id: string, error: unknown): Promise<Met | undefined> {
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

/** Tells that someone else made the same change. */
export function tellSame({ name }: Product): void {
  tell(`${quoted(name)} is like that already: someone else made the same change.`)
}

/** Tells that a product is left as someone else made it; the message goes back to what was typed. */
export function tellLeft({ name }: Product, back: () => void): void {
  tell(`${quoted(name)} is left as someone else changed it.`, { label: 'Back to mine', run: back })
}

/** Tells that someone else deleted a product, and goes to the catalogue. */
export function tellDeletedAlready({ name }: Product): void {
  go('#/')
  tell(`${quoted(name)} was deleted already.`)
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
    label: 'Create it anew',
    run: () => undo('Not created', () => createProduct(textsOf(product))),
  })
}
