import { useState } from 'preact/hooks'
import { changedFields, completeTexts, textsOf } from '../schemas/product-fields.ts'
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
import type { Typed } from './product-fields.ts'
import { Meanwhile, ProductForm } from './product-form.ts'
import { useChange } from './use-change.ts'

function CreateProduct({ initial }: { initial: Typed }) {
  const [typed, setTyped] = useState(initial)
  const { busy, failure, start } = useChange('Not created', () => askToCreate(typed))
  return html`<${ProductForm} title="New product" action="Create" typed=${typed} onType=${setTyped}
    onSave=${() => start(() => createProduct(typed))} busy=${busy} failure=${failure} />`
}

/** Whether what was typed is what there is; the API trims names. */
const isSame = (typed: Typed, there: Typed) =>
  changedFields({ ...typed, name: typed.name.trim() }, there).length === 0

/** What to say of a change that was made meanwhile, and what it takes to go on. */
function Conflict({ gone, again }: { gone: boolean; again: boolean }) {
  if (gone) {
    return html`<p>Someone deleted this product meanwhile. What you typed is still here: you can make a new
      product of it.</p>`
  }
  return html`<p>Someone ${again ? 'has changed this product again' : 'else changed this product meanwhile'}.
    Keep mine to save what you typed, or take theirs to leave the product as it is now.</p>`
}

/** `initial` is what is typed already, and `metBefore` what that has met before. */
function EditProduct(props: { opened: Version; initial: Typed; metBefore: Met[] }) {
  const { opened } = props
  const { product } = opened
  const [typed, setTyped] = useState(props.initial)
  // What is on the page goes on while this is open; the change is to what was seen when it opened.
  const [before, setBefore] = useState(opened)
  const [met, setMet] = useState(props.metBefore)
  const { busy, failure, start } = useChange('Not saved', () => askToEdit(before, typed, met))
  const last = met.at(-1)
  const theirs = last === 'gone' ? undefined : last?.product

  function onMet(change: Met) {
    if (change !== 'gone' && isSame(typed, change.product)) {
      closeDialog()
      tellSame(change.product)
      return
    }
    if (change !== 'gone') setBefore(change)
    setMet([...met, change])
  }
  function save() {
    const input = textsOf(typed)
    if (last === 'gone') void start(() => createProduct(input))
    else void start(() => updateProduct(before, input), product.id, onMet)
  }
  function takeTheirs() {
    closeDialog()
    tellLeft(before.product, () => askToEdit(before, typed, met))
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
  const { busy, failure, start } = useChange('Not deleted', () => askToDelete(opened))
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

const NOTHING: Typed = completeTexts({ name: '' })

/** Asks for a new product and creates it. */
export function askToCreate(initial = NOTHING): void {
  showDialog(() => html`<${CreateProduct} initial=${initial} />`)
}

/** Asks what to change of a product, and changes it; goes on with what was typed and met before. */
export function askToEdit(opened: Version, typed: Typed = opened.product, met: Met[] = []): void {
  showDialog(() => html`<${EditProduct} opened=${opened} initial=${typed} metBefore=${met} />`)
}

/** Asks whether a product is really to be deleted, and deletes it. */
export function askToDelete(opened: Version): void {
  showDialog(() => html`<${DeleteProduct} opened=${opened} />`)
}
