import { useState } from 'preact/hooks'
import { closeDialog, Dialog, showDialog } from './dialog.ts'
import { html } from './html.ts'
import {
  createProduct,
  deleteProduct,
  type Met,
  tellDeletedAlready,
  tellLeft,
  tellSame,
  updateProduct,
  type Version,
} from './product-actions.ts'
import { FIELDS, type Typed } from './product-fields.ts'
import { Meanwhile, ProductForm } from './product-form.ts'
import { useChange } from './use-change.ts'

function CreateProduct() {
  const [typed, setTyped] = useState<Typed>({ name: '', description: '' })
  const { busy, failure, start } = useChange('Not created')
  return html`<${ProductForm} title="New product" action="Create" typed=${typed} onType=${setTyped}
    onSave=${() => start(() => createProduct(typed))} busy=${busy} failure=${failure} />`
}

const isSame = (one: Typed, other: Typed) =>
  FIELDS.every(({ name }) => one[name].trim() === other[name].trim())

/** What to say of a change that was made meanwhile, and what it takes to go on. */
function Conflict({ gone, again }: { gone: boolean; again: boolean }) {
  if (gone) {
    return html`<p>Someone deleted this product meanwhile. What you typed is still here: you can make a new
      product of it.</p>`
  }
  return html`<p>Someone ${again ? 'has changed this product again' : 'else changed this product meanwhile'}.
    Keep mine to save what you typed, or take theirs to leave the product as it is now.</p>`
}

function EditProduct({ opened }: { opened: Version }) {
  const { product } = opened
  const [typed, setTyped] = useState<Typed>(product)
  // What is on the page goes on while this is open; the change is to what was seen when it opened.
  const [before, setBefore] = useState(opened)
  const [met, setMet] = useState<Met[]>([])
  const { busy, failure, start } = useChange('Not saved')
  const last = met.at(-1)
  const theirs = last === 'gone' ? undefined : last?.product
  const { name, description } = typed

  function onMet(change: Met) {
    if (change !== 'gone' && isSame(change.product, typed)) {
      closeDialog()
      tellSame(change.product)
      return
    }
    if (change !== 'gone') setBefore(change)
    setMet([...met, change])
  }
  function save() {
    const input = { name, description }
    if (last === 'gone') void start(() => createProduct(input))
    else void start(() => updateProduct(before, input), product.id, onMet)
  }
  function takeTheirs() {
    closeDialog()
    tellLeft(before, { name, description })
  }
  const action = last === 'gone' ? 'Create it anew' : theirs ? 'Keep mine' : 'Save'
  const note =
    last &&
    html`<${Meanwhile} key=${met.length}>
      <${Conflict} gone=${last === 'gone'} again=${met.length > 1} />
    </${Meanwhile}>`
  const others =
    theirs &&
    html`<button type="button" class="plain" disabled=${busy} onClick=${takeTheirs}>Take theirs</button>`
  return html`<${ProductForm} title="Edit product" action=${action} typed=${typed} onType=${setTyped}
    onSave=${save} busy=${busy} failure=${failure} theirs=${theirs} note=${note} others=${others} />`
}

function DeleteProduct({ opened }: { opened: Version }) {
  const [{ product, etag }, setNow] = useState(opened)
  const { busy, failure, start } = useChange('Not deleted')
  const changed = etag !== opened.etag
  function onMet(met: Met) {
    if (met !== 'gone') return setNow(met)
    closeDialog()
    tellDeletedAlready(product)
  }
  return html`<${Dialog} title="Delete this product?">
    ${
      changed &&
      html`<${Meanwhile} key=${etag}>
        <p>Someone else changed this product meanwhile. See whether it is still to be deleted.</p>
      </${Meanwhile}>`
    }
    <p class="wrap"><strong>${product.name}</strong></p>
    ${changed && html`<p class="wrap clamped">${product.description}</p>`}
    <p>Its offers and the history of their prices go with it, and do not come back.</p>
    ${failure && html`<p class="failure" role="alert">${failure}</p>`}
    <div class="buttons">
      <button type="button" class="plain" onClick=${closeDialog}>Keep it</button>
      <button type="button" class="danger" disabled=${busy}
        onClick=${() => start(() => deleteProduct(product, etag), product.id, onMet)}>
        ${changed ? 'Delete it all the same' : 'Delete it'}</button>
    </div>
  </${Dialog}>`
}

/** Asks for a new product and creates it. */
export const askToCreate = () => showDialog(() => html`<${CreateProduct} />`)

/** Asks what to change of a product, and changes it. */
export const askToEdit = (opened: Version) =>
  showDialog(() => html`<${EditProduct} opened=${opened} />`)

/** Asks whether a product is really to be deleted, and deletes it. */
export const askToDelete = (opened: Version) =>
  showDialog(() => html`<${DeleteProduct} opened=${opened} />`)
