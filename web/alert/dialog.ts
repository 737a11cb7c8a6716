import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Alert } from '../../schemas/alert.ts'
import type { Version } from '../conflict.ts'
import { closeDialog, Dialog, showDialog } from '../dialog.ts'
import { Failure } from '../failure.ts'
import { TextField } from '../fields.ts'
import { html } from '../html.ts'
import { go, link } from '../router.ts'
import { useChange } from '../use-change.ts'
import { useEdit } from '../use-edit.ts'
import { createAlert, pathOf, updateAlert } from './actions.ts'
import { AlertFields } from './form.ts'
import { Preview } from './preview.ts'
import { TheirSettings } from './their-settings.ts'
import { changedSettings, type TypedAlert } from './typed.ts'
import { type AlertRequest, useTyped } from './use-typed.ts'

/** Moves the focus to the first field that is wrong, which can be in the closed settings. */
function focusFault(): void {
  const field = document.querySelector<HTMLElement>('dialog [aria-invalid="true"]')
  field?.closest('details')?.setAttribute('open', '')
  field?.focus()
}

/** The form of an alert. It calls `onSave` only when its fields are valid. */
function AlertForm(props: {
  title: string
  action: string
  form: ReturnType<typeof useTyped>
  onSave: () => void
  busy: boolean
  failure: string | undefined
  /** A note about what happened in the meantime. */
  note?: ComponentChildren
  /** Further buttons. */
  others?: ComponentChildren
}) {
  const { form, busy, failure } = props
  const { typed, faults, valid, subject, error } = form
  const [tries, setTries] = useState(0) // Since something was typed.
  const tried = tries > 0
  function change(change: Partial<TypedAlert>) {
    setTries(0)
    form.setTyped({ ...typed, ...change })
  }
  function submit(event: SubmitEvent) {
    event.preventDefault()
    setTries(tries + 1)
    if (valid) props.onSave()
  }
  useEffect(() => {
    if (tried && !valid) focusFault()
  }, [tries])

  return html`<${Dialog} title=${props.title}>
    <form novalidate onSubmit=${submit}>
      ${props.note}
      <p class="wrap">${form.name}</p>
      <${Failure} error=${error} />
      ${
        form.isOpen &&
        html`<${TextField} id="alert-tag" label="Only products with the tag" placeholder="all products"
          value=${typed.tag} fault=${tried ? faults.tag : undefined} onType=${(tag: string) => change({ tag })} />`
      }
      <${AlertFields} typed=${typed} faults=${tried ? faults : {}} suggestion=${form.suggestion}
        onType=${change} />
      <${Preview} subject=${subject} trial=${form.trial} isComplete=${valid || (subject === undefined && !error)} />
      ${failure && html`<p class="failure" role="alert">${failure}</p>`}
      <div class="buttons">
        <button type="button" class="plain" onClick=${closeDialog}>Cancel</button>
        ${props.others}
        <button aria-disabled=${busy}>${props.action}</button>
      </div>
    </form>
  </${Dialog}>`
}

function CreateAlert({ request }: { request: AlertRequest }) {
  const form = useTyped(request)
  const { busy, failure, start } = useChange('Not saved', () =>
    showAlertDialog({ ...request, typed: form.typed }),
  )
  const save = () => start(() => createAlert({ ...form.about, ...form.settings }))
  return html`<${AlertForm} title="Tell me when…" action="Create" form=${form} onSave=${save}
    busy=${busy} failure=${failure} />`
}

function EditAlert({ request, opened }: { request: AlertRequest; opened: Version<Alert> }) {
  const form = useTyped(request)
  const { about, typed, settings } = form
  const edit = useEdit({
    ...{
      what: 'alert',
      path: pathOf(opened.data),
      opened,
      conflictsBefore: request.conflicts ?? [],
    },
    isSame: (there) => !changedSettings(there, settings),
    reopen: (opened, conflicts) => showAlertDialog({ ...request, opened, typed, conflicts }),
  })
  const { action, before, theirs, busy, failure, others } = edit
  async function createAgain() {
    const { enabled } = before.data
    const { id } = await createAlert({ ...about, ...settings, enabled })
    go(link(`alerts/${id}`))
  }
  function save() {
    if (edit.isGone) return edit.createAgain(createAgain)
    const change = changedSettings(before.data, settings)
    if (change) edit.change((before) => updateAlert(before, change))
    else closeDialog()
  }
  const note = html`${edit.note}${theirs && html`<${TheirSettings} theirs=${theirs} mine=${settings} />`}`
  return html`<${AlertForm} title="Edit alert" action=${action} form=${form} onSave=${save}
    busy=${busy} failure=${failure} note=${note} others=${others} />`
}

/** Opens the dialog that creates or changes an alert. */
export function showAlertDialog(request: AlertRequest): void {
  const { opened } = request
  showDialog(() =>
    opened
      ? html`<${EditAlert} request=${request} opened=${opened} />`
      : html`<${CreateAlert} request=${request} />`,
  )
}
