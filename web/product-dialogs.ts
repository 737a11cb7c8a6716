import { useState } from 'preact/hooks'
import type { Product } from '../schemas/product.ts'
import { completeTexts, type ProductContent } from '../schemas/product-fields.ts'
import type { Conflict, Version } from './conflict.ts'
import { askToDelete } from './delete-dialog.ts'
import { showDialog } from './dialog.ts'
import { html } from './html.ts'
import { createProduct, deleteProduct, pathOf, updateProduct } from './product-actions.ts'
import { type Typed, toContent, toTyped } from './product-fields.ts'
import { ProductForm } from './product-form.ts'
import { go } from './router.ts'
import { useChange } from './use-change.ts'
import { useEdit } from './use-edit.ts'

function CreateProduct({ initial }: { initial: Typed }) {
  const [typed, setTyped] = useState(initial)
  const { busy, failure, start } = useChange('Not created', () => askToCreate(typed))
  return html`<${ProductForm} title="New product" action="Create" typed=${typed} onType=${setTyped}
    onSave=${() => start(() => createProduct(toContent(typed)))} busy=${busy} failure=${failure} />`
}

/** Whether what was typed is what there is. */
const isSame = (typed: Typed, there: ProductContent) =>
  JSON.stringify(toTyped(toContent(typed))) === JSON.stringify(toTyped(there))

/** `initial` is what the user has already typed, and `conflictsBefore` the conflicts so far. */
function EditProduct(props: {
  opened: Version<Product>
  initial: Typed
  conflictsBefore: Conflict<Product>[]
}) {
  const { opened, conflictsBefore } = props
  const [typed, setTyped] = useState(props.initial)
  const edit = useEdit({
    ...{ what: 'product', path: pathOf(opened.data.id), opened, conflictsBefore },
    isSame: (there) => isSame(typed, there),
    reopen: (before, conflicts) => askToEdit(before, typed, conflicts),
  })
  const { action, busy, failure, theirs, note, others } = edit
  function save() {
    const content = toContent(typed)
    if (edit.isGone) edit.createAgain(() => createProduct(content))
    else edit.change((before) => updateProduct(before, content))
  }
  return html`<${ProductForm} title="Edit product" action=${action} typed=${typed} onType=${setTyped}
    onSave=${save} busy=${busy} failure=${failure} theirs=${theirs && toTyped(theirs)} note=${note} others=${others} />`
}

const NOTHING = toTyped({ ...completeTexts({ name: '' }), tags: [], metadata: {} })

/** Opens the dialog that creates a product. */
export function askToCreate(initial = NOTHING): void {
  showDialog(() => html`<${CreateProduct} initial=${initial} />`)
}

/** Opens the dialog that edits a product, with what the user typed and the conflicts so far, if any. */
export function askToEdit(
  opened: Version<Product>,
  typed = toTyped(opened.data),
  conflicts: Conflict<Product>[] = [],
): void {
  showDialog(
    () => html`<${EditProduct} opened=${opened} initial=${typed} conflictsBefore=${conflicts} />`,
  )
}

/** Opens the dialog that confirms and deletes a product. */
export function askToDeleteProduct(opened: Version<Product>): void {
  askToDelete({
    ...{ what: 'product', path: pathOf(opened.data.id), opened, run: deleteProduct },
    text: 'Its offers and their price history will be deleted for good.',
    detailsOf: ({ description }) => description,
    onGone: () => go('#/'),
  })
}
