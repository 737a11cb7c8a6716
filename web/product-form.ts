import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { FIELD_NAMES, PRODUCT_FIELDS, productFaults } from '../schemas/product-fields.ts'
import { closeDialog, Dialog } from './dialog.ts'
import { html } from './html.ts'
import { metadataFault } from './metadata-lines.ts'
import { ProductFields, type Typed } from './product-fields.ts'

/** The faults of the fields. Until the first attempt to save, only those of fields that are too long. */
function faultsOf(typed: Typed, tried: boolean): Partial<Typed> {
  const faults: Partial<Typed> = productFaults(typed)
  const metadata = metadataFault(typed.metadata)
  if (tried) return metadata === undefined ? faults : { ...faults, metadata }
  const tooLong = FIELD_NAMES.filter((name) => typed[name].length > PRODUCT_FIELDS[name].max)
  return Object.fromEntries(tooLong.map((name) => [name, faults[name]]))
}

/** The form for the fields of a product. It calls `onSave` only when they are valid. */
export function ProductForm(props: {
  title: string
  action: string
  typed: Typed
  onType: (typed: Typed) => void
  onSave: () => void
  busy: boolean
  failure: string | undefined
  /** The fields in someone else's version. */
  theirs?: Typed
  /** A note about what happened in the meantime. */
  note?: ComponentChildren
  /** Further buttons. */
  others?: ComponentChildren
}) {
  const { typed, theirs, busy, failure } = props
  const [tried, setTried] = useState(false)
  const faults = faultsOf(typed, tried)
  function submit(event: Event) {
    event.preventDefault()
    setTried(true)
    const [wrong] = Object.keys(faultsOf(typed, true))
    if (wrong) document.getElementById(wrong)?.focus()
    else props.onSave()
  }
  return html`<${Dialog} title=${props.title}>
    <form novalidate onSubmit=${submit}>
      ${props.note}
      <${ProductFields} typed=${typed} faults=${faults} theirs=${theirs}
        onType=${(change: Partial<Typed>) => props.onType({ ...typed, ...change })} />
      ${failure && html`<p class="failure" role="alert">${failure}</p>`}
      <div class="buttons">
        <button type="button" class="plain" onClick=${closeDialog}>Cancel</button>
        ${props.others}
        <button aria-disabled=${busy}>${props.action}</button>
      </div>
    </form>
  </${Dialog}>`
}
