import { useEffect, useState } from 'preact/hooks'
import type { Alert, AlertTrial } from '../../schemas/alert.ts'
import { closeDialog, Dialog, showDialog } from '../dialog.ts'
import { Failure } from '../failure.ts'
import { TextField } from '../fields.ts'
import { html } from '../html.ts'
import type { Range } from '../product/range.ts'
import { useChange } from '../use-change.ts'
import { createAlert, updateAlert } from './actions.ts'
import { AlertFields } from './form.ts'
import { Preview } from './preview.ts'
import {
  changedSettings,
  faultsOf,
  newTyped,
  suggestedName,
  type TypedAlert,
  tagOf,
  toSettings,
  toTyped,
} from './typed.ts'
import { type About, type Subject, useSubject } from './use-subject.ts'

/** What the dialog is opened for. */
export interface AlertRequest {
  about: About
  /** The range of the preview. */
  range: Range
  /** The alert to change; undefined for a new one. */
  alert?: Alert
  /** What was already typed. */
  typed?: TypedAlert
}

/** The name of what an alert is about, and the time over which to try it. */
function known({ about, alert }: AlertRequest, subject: Subject | null | undefined) {
  const all = about.tag === null ? 'All products' : `Tag ${about.tag}`
  const window = subject ? { from: subject.trend.from, to: subject.trend.to } : {}
  return {
    name: about.product_id === null ? all : (subject?.product.name ?? alert?.name ?? 'Product'),
    window,
  }
}

/** Moves the focus to the first field that is wrong, which can be in the closed settings. */
function focusFault(): void {
  const field = document.querySelector<HTMLElement>('dialog [aria-invalid="true"]')
  field?.closest('details')?.setAttribute('open', '')
  field?.focus()
}

function AlertDialog({ request }: { request: AlertRequest }) {
  const { alert, range } = request
  const { data: subject, error } = useSubject(request.about, range)
  const [entered, setTyped] = useState(request.typed ?? (alert && toTyped(alert)))
  const lowest = subject?.product.lowest_price ?? null
  const typed = entered ?? newTyped(lowest, request.about.tag ?? '')
  const isOpen = !alert && request.about.product_id === null
  // These two alone: `request.about` can be a whole alert, and the API refuses a trial with more in it.
  const { product_id, tag } = isOpen ? { product_id: null, tag: tagOf(typed) } : request.about
  const about = { product_id, tag }
  const [tries, setTries] = useState(0) // Since something was typed.
  const tried = tries > 0
  const { busy, failure, start } = useChange('Not saved', () =>
    showAlertDialog({ ...request, typed }),
  )
  const faults = faultsOf(typed)
  const valid = Object.keys(faults).length === 0
  const { name, window } = known({ ...request, about }, subject)
  const suggestion = suggestedName(name, typed, valid)
  const trial: AlertTrial | undefined =
    valid && subject !== undefined ? { ...about, ...toSettings(typed), ...window } : undefined

  function change(change: Partial<TypedAlert>) {
    setTries(0)
    setTyped({ ...typed, ...change })
  }
  function save() {
    const settings = { name: typed.name.trim() || suggestion, ...toSettings(typed) }
    if (!alert) return start(() => createAlert({ ...about, ...settings }))
    const change = changedSettings(alert, settings)
    if (!change) return closeDialog()
    return start(() => updateAlert(alert, change))
  }
  function submit(event: SubmitEvent) {
    event.preventDefault()
    setTries(tries + 1)
    if (valid) void save()
  }
  useEffect(() => {
    if (tried && !valid) focusFault()
  }, [tries])

  return html`<${Dialog} title=${alert ? 'Edit alert' : 'Tell me when…'}>
    <form novalidate onSubmit=${submit}>
      <p class="wrap">${name}</p>
      <${Failure} error=${error} />
      ${
        isOpen &&
        html`<${TextField} id="alert-tag" label="Only products with the tag" placeholder="all products"
          value=${typed.tag} fault=${tried ? faults.tag : undefined} onType=${(tag: string) => change({ tag })} />`
      }
      <${AlertFields} typed=${typed} faults=${tried ? faults : {}} suggestion=${suggestion}
        onType=${change} />
      <${Preview} subject=${subject} trial=${trial} isComplete=${valid || (subject === undefined && !error)} />
      ${failure && html`<p class="failure" role="alert">${failure}</p>`}
      <div class="buttons">
        <button type="button" class="plain" onClick=${closeDialog}>Cancel</button>
        <button aria-disabled=${busy}>${alert ? 'Save' : 'Create'}</button>
      </div>
    </form>
  </${Dialog}>`
}

/** Opens the dialog that creates or changes an alert. */
export function showAlertDialog(request: AlertRequest): void {
  showDialog(() => html`<${AlertDialog} request=${request} />`)
}
