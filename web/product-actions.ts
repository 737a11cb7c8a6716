import type { NewProduct, Product } from '../schemas/product.ts'
import { call, RequestFailed } from './api.ts'
import { tell, tellFailure } from './messages.ts'
import { go, productLink } from './router.ts'

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
 * Changes a product, if it is still the one with this tag; the message can undo that, if nobody
 * changes it in between. Throws `RequestFailed`.
 */
export async function updateProduct(before: Product, ifMatch: string, input: NewProduct) {
  const { data, etag } = await call<Product>(pathOf(before.id), {
    method: 'PATCH',
    body: input,
    ifMatch,
  })
  const { name, description } = before
  tell(`Changed ${quoted(data.name)}.`, {
    label: 'Undo',
    run: () =>
      undo('Not undone', async () => {
        await call(pathOf(data.id), { method: 'PATCH', body: { name, description }, ifMatch: etag })
        tell(`${quoted(name)} is as it was.`)
      }),
  })
}

/**
 * Deletes a product, if it is still the one with this tag, and goes to the catalogue. History is
 * gone then, and the message does not promise it back: it offers a new product of the same name.
 * Throws `RequestFailed`.
 */
export async function deleteProduct({ id, name, description }: Product, ifMatch: string) {
  await call(pathOf(id), { method: 'DELETE', ifMatch })
  go('#/')
  tell(`Deleted ${quoted(name)} with its history.`, {
    label: 'Create it anew',
    run: () => undo('Not created', () => createProduct({ name, description })),
  })
}
