import { useState } from 'preact/hooks'
import { completeTexts, type ProductContent } from '../schemas/product-fields.ts'
import { closeDialog, Dialog, showDialog } from './dialog.ts'
import { html } from './html.ts'
import {
  type Conflict,
  createProduct,
  deleteProduct,
  tellDeletedAlready,
  tellLeft,
  tellSame,
  updateProduct,
  type Version,
} from './product-actions.ts'
import { type Typed, toContent, toTyped } from './product-fields.ts'
import { Meanwhile, ProductForm } from './product-form.ts'
import { useChange } from './use-change.ts'

function CreateProduct({ initial }: { initial: Typed }) {
  const [typed, setTyped] = useState(initial)
  const { busy, failure, start } = useChange('Not created', () => askToCreate(typed))
  return html`<${ProductForm} title="New product" action="Create" typed=${typed} onType=${setTyped}
    onSave=${() => start(() => createProduct(toContent(typed)))} busy=${busy} failure=${failure} />`
}

/** Whether what was typed is what there is. */
const isSame = (typed: Typed, there: ProductContent) =>
  JSON.stringify(toTyped(toContent(typed))) === JSON.stringify(toTyped(there))

/** Explains a conflict, and how to resolve it. */
function ConflictNote({ gone, again }: { gone: boolean; again: boolean }) {
  if (gone) {
    return html`<p>Someone deleted this product in the meantime. What you typed is still here: you can create a
      new product from it.</p>`
  }
  return html`<p>Someone else has changed this product ${again ? 'again' : 'in the meantime'}.
    Choose “Keep mine” to save what you typed, or “Take theirs” to leave the product as it is now.</p>`
}

/** `initial` is what the user has already typed, and `conflictsBefore` the conflicts so far. */
function EditProduct(props: { opened: Version; initial: Typed; conflictsBefore: Conflict[] }) {
  const { opened } = props
  const { product } = opened
  const [typed, setTyped] = useState(props.initial)
  // The page keeps updating while the dialog is open; the change applies to the version seen when it opened.
  const [before, setBefore] = useState(opened)
  const [conflicts, setConflicts] = useState(props.conflictsBefore)
  const { busy, failure, start } = useChange('Not saved', () => askToEdit(before, typed, conflicts))
  const last = conflicts.at(-1)
  const theirs = last === 'gone' ? undefined : last?.product

  function onConflict(conflict: Conflict) {
    if (conflict !== 'gone' && isSame(typed, conflict.product)) {
      closeDialog()
      tellSame(conflict.product)
      return
    }
    if (conflict !== 'gone') setBefore(conflict)
    setConflicts([...conflicts, conflict])
  }
  function save() {
    const content = toContent(typed)
    if (last === 'gone') void start(() => createProduct(content))
    else void start(() => updateProduct(before, content), product.id, onConflict)
  }
  function takeTheirs() {
    closeDialog()
    tellLeft(before.product, () => askToEdit(before, typed, conflicts))
  }
  const action = last === 'gone' ? 'Create it again' : theirs ? 'Keep mine' : 'Save'
  const note =
    last &&
    html`<${Meanwhile} key=${conflicts.length}>
      <${ConflictNote} gone=${last === 'gone'} again=${conflicts.length > 1} />
    </${Meanwhile}>`
  const others =
    theirs &&
    html`<button type="button" class="plain" aria-disabled=${busy}
      onClick=${() => busy || takeTheirs()}>Take theirs</button>`
  return html`<${ProductForm} title="Edit product" action=${action} typed=${typed} onType=${setTyped}
    onSave=${save} busy=${busy} failure=${failure} theirs=${theirs && toTyped(theirs)} note=${note} others=${others} />`
}

function DeleteProduct({ opened }: { opened: Version }) {
  const [{ product, etag }, setNow] = useState(opened)
  const { busy, failure, start } = useChange('Not deleted', () => askToDelete(opened))
  const changed = etag !== opened.etag
  function onConflict(conflict: Conflict) {
    if (conflict !== 'gone') return setNow(conflict)
    closeDialog()
    tellDeletedAlready(product)
  }
  return html`<${Dialog} title="Delete this product?">
    ${
      changed &&
      html`<${Meanwhile} key=${etag}>
        <p>Someone else changed this product in the meantime. Check whether you still want to delete it.</p>
      </${Meanwhile}>`
    }
    <p class="wrap"><strong>${product.name}</strong></p>
    ${changed && html`<p class="wrap clamped">${product.description}</p>`}
    <p>Its offers and their price history will be deleted for good.</p>
    ${failure && html`<p class="failure" role="alert">${failure}</p>`}
    <div class="buttons">
      <button type="button" class="plain" onClick=${closeDialog}>Keep it</button>
      <button type="button" class="danger" aria-disabled=${busy}
        onClick=${() => start(() => deleteProduct(product, etag), product.id, onConflict)}>
        ${changed ? 'Delete it anyway' : 'Delete it'}</button>
    </div>
  </${Dialog}>`
}

const NOTHING = toTyped({ ...completeTexts({ name: '' }), tags: [], metadata: {} })

/** Opens the dialog that creates a product. */
export function askToCreate(initial = NOTHING): void {
  showDialog(() => html`<${CreateProduct} initial=${initial} />`)
}

/** Opens the dialog that edits a product, with what the user typed and the conflicts so far, if any. */
export function askToEdit(
  opened: Version,
  typed = toTyped(opened.product),
  conflicts: Conflict[] = [],
): void {
  showDialog(
    () => html`<${EditProduct} opened=${opened} initial=${typed} conflictsBefore=${conflicts} />`,
  )
}

/** Opens the dialog that confirms and deletes a product. */
export function askToDelete(opened: Version): void {
  showDialog(() => html`<${DeleteProduct} opened=${opened} />`)
}
