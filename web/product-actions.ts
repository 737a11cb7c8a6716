import type { NewProduct, Product } from '../schemas/product.ts'
import { contentOf } from '../schemas/product-fields.ts'
import { call } from './api.ts'
import { inPlainWords, type Version } from './conflict.ts'
import { create } from './create.ts'
import { tell, tellFailure } from './messages.ts'
import { quoted } from './quoted.ts'
import { go, productLink } from './router.ts'

/** The path of a product in the API. */
export const pathOf = (id: string) => `/products/${id}`

/** Runs an undo, and reports why if it fails. */
async function undo(what: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (error) {
    tellFailure(what, inPlainWords(error, 'the product'))
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
export async function updateProduct(before: Version<Product>, input: NewProduct): Promise<void> {
  const path = pathOf(before.data.id)
  const { data, etag } = await call<Product>(path, {
    method: 'PATCH',
    body: input,
    ifMatch: before.etag,
  })
  tell(`Changed ${quoted(data.name)}.`, {
    label: 'Undo',
    run: () =>
      undo('Not undone', async () => {
        await call(path, { method: 'PATCH', body: contentOf(before.data), ifMatch: etag })
        tell(`${quoted(before.data.name)} is as it was.`)
      }),
  })
}

/**
 * Deletes a product, unless it has changed since the user saw it, and goes to the catalogue. History is
 * gone then, and the message does not promise it back: it offers a new product of the same name.
 * Throws `RequestFailed`.
 */
export async function deleteProduct({ data: product, etag }: Version<Product>): Promise<void> {
  await call(pathOf(product.id), { method: 'DELETE', ifMatch: etag })
  go('#/')
  tell(`Deleted ${quoted(product.name)} with its history.`, {
    label: 'Create it again',
    run: () => undo('Not created', () => createProduct(contentOf(product))),
  })
}
