import { useEffect, useRef, useState } from 'preact/hooks'
import type { NewProduct, Product } from '../schemas/product.ts'
import { Dialog } from './dialog.ts'
import { html } from './html.ts'
import { tellFailure } from './messages.ts'
import { createProduct, deleteProduct, updateProduct } from './product-actions.ts'

interface DialogProps {
  onClose: () => void
  /** It was done. */
  onDone: () => void
}

/**
 * One change at a time: whether it is under way, why it failed, and how to start it. Where the dialog was
 * closed meanwhile, the failure is told by a message that begins with `what`.
 */
function useChange({ onDone }: DialogProps, what: string) {
  const [state, setState] = useState<{ busy: boolean; failure?: string }>({ busy: false })
  const closed = useRef(false)
  useEffect(
    () => () => {
      closed.current = true
    },
    [],
  )
  function start(change: () => Promise<unknown>) {
    setState({ busy: true })
    change().then(onDone, (error: Error) => {
      if (closed.current) tellFailure(what, error)
      else setState({ busy: false, failure: error.message })
    })
  }
  return { ...state, start }
}

const inputOf = (event: Event) => (event.currentTarget as HTMLInputElement).value

function ProductForm(
  props: DialogProps & {
    title: string
    action: string
    /** Begins the message of a failure. */
    failed: string
    initial: Required<NewProduct>
    save: (input: NewProduct) => Promise<unknown>
  },
) {
  const { busy, failure, start } = useChange(props, props.failed)
  const [name, setName] = useState(props.initial.name)
  const [description, setDescription] = useState(props.initial.description)
  function submit(event: Event) {
    event.preventDefault()
    start(() => props.save({ name, description }))
  }
  return html`<${Dialog} title=${props.title} onClose=${props.onClose}>
    <form onSubmit=${submit}>
      <label for="name">Name</label>
      <input id="name" required maxlength="1000" value=${name}
        onInput=${(event: Event) => setName(inputOf(event))} />
      <label for="description">Description</label>
      <textarea id="description" rows="6" value=${description}
        onInput=${(event: Event) => setDescription(inputOf(event))} />
      ${failure && html`<p class="failure" role="alert">${failure}</p>`}
      <div class="buttons">
        <button type="button" class="plain" onClick=${props.onClose}>Cancel</button>
        <button disabled=${busy}>${props.action}</button>
      </div>
    </form>
  </${Dialog}>`
}

/** Asks for a new product and creates it. */
export function CreateProduct(props: DialogProps) {
  return html`<${ProductForm} ...${props} title="New product" action="Create" failed="Not created"
    initial=${{ name: '', description: '' }} save=${createProduct} />`
}

/** Asks what to change of a product, and changes it. */
export function EditProduct({
  product,
  etag,
  ...props
}: DialogProps & { product: Product; etag: string }) {
  // What is on the page goes on while this is open; the change is to what was seen when it opened.
  const [{ before, tag }] = useState({ before: product, tag: etag })
  return html`<${ProductForm} ...${props} title="Edit product" action="Save" failed="Not saved"
    initial=${before} save=${(input: NewProduct) => updateProduct(before, tag, input)} />`
}

/** Asks whether a product is really to be deleted, and deletes it. */
export function DeleteProduct({
  product,
  etag,
  ...props
}: DialogProps & { product: Product; etag: string }) {
  const { busy, failure, start } = useChange(props, 'Not deleted')
  return html`<${Dialog} title="Delete this product?" onClose=${props.onClose}>
    <p class="wrap"><strong>${product.name}</strong></p>
    <p>Its offers and the history of their prices go with it, and do not come back.</p>
    ${failure && html`<p class="failure" role="alert">${failure}</p>`}
    <div class="buttons">
      <button type="button" class="plain" onClick=${props.onClose}>Keep it</button>
      <button type="button" class="danger" disabled=${busy}
        onClick=${() => start(() => deleteProduct(product, etag))}>Delete it</button>
    </div>
  </${Dialog}>`
}
