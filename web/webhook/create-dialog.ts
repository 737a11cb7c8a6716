import { useState } from 'preact/hooks'
import type { ChangeType } from '../../schemas/change.ts'
import type { Product } from '../../schemas/product.ts'
import { closeDialog, Dialog, showDialog } from '../dialog.ts'
import { TextField } from '../fields.ts'
import { Finder } from '../finder.ts'
import { html } from '../html.ts'
import { useChange } from '../use-change.ts'
import { createWebhook } from './actions.ts'
import { TYPE_NAMES, TYPES } from './state.ts'
import { faultsOf, NOTHING_TYPED, type TypedWebhook, toWebhook } from './typed.ts'

function CreateWebhook({ initial }: { initial: TypedWebhook }) {
  const [typed, setTyped] = useState(initial)
  const [tried, setTried] = useState(false)
  const { busy, failure, start } = useChange('Not created', () => askForWebhook(typed))
  const { url, types, product, productId, tag, size } = typed
  const faults = faultsOf(typed)
  const shown = tried ? faults : {}
  const type = (change: Partial<TypedWebhook>) => setTyped({ ...typed, ...change })
  function submit(event: SubmitEvent) {
    event.preventDefault()
    setTried(true)
    const [first] = Object.keys(faults)
    if (first) return document.getElementById(`webhook-${first}`)?.focus()
    void start(() => createWebhook(toWebhook(typed)))
  }
  const toggle = (one: ChangeType) =>
    type({ types: types.includes(one) ? types.filter((other) => other !== one) : [...types, one] })
  return html`<${Dialog} title="New webhook">
    <form novalidate onSubmit=${submit}>
      <${TextField} id="webhook-url" label="URL" value=${url} fault=${shown.url}
        placeholder="https://shop.example.com/hooks/prices" onType=${(url: string) => type({ url })} />
      <fieldset class="types">
        <legend>Tell it when… (none chosen: of everything)</legend>
        ${TYPES.map(
          (
            one,
          ) => html`<label class="check" key=${one}><input type="checkbox" checked=${types.includes(one)}
            onChange=${() => toggle(one)} />${TYPE_NAMES[one]}</label>`,
        )}
      </fieldset>
      <${Finder} id="webhook-product" label="Only about the product" placeholder="all products"
        text=${product} isChosen=${productId !== null} fault=${shown.product}
        onType=${(product: string) => type({ product, productId: null })}
        onChoose=${({ id, name }: Product) => type({ product: name, productId: id })} />
      <${TextField} id="webhook-tag" label="Only about products with the tag" placeholder="all products"
        value=${tag} fault=${shown.tag} onType=${(tag: string) => type({ tag })} />
      <${TextField} id="webhook-size" label="The most changes in a message" numeric value=${size}
        fault=${shown.size} onType=${(size: string) => type({ size })} />
      ${failure && html`<p class="failure" role="alert">${failure}</p>`}
      <div class="buttons">
        <button type="button" class="plain" onClick=${closeDialog}>Cancel</button>
        <button aria-disabled=${busy}>Create</button>
      </div>
    </form>
  </${Dialog}>`
}

/** Opens the dialog that creates a webhook, with what was already typed. */
export function askForWebhook(typed = NOTHING_TYPED): void {
  showDialog(() => html`<${CreateWebhook} initial=${typed} />`)
}
