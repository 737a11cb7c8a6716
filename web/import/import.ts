import { useEffect } from 'preact/hooks'
import { csvLine } from '../../import-export/csv.ts'
import { type Refusal, tallyOf } from '../../import-export/import.ts'
import { save } from '../download.ts'
import { count, counted } from '../format.ts'
import { html } from '../html.ts'
import { link } from '../router.ts'
import { Title } from '../title.ts'
import { choice, onConflict } from './choice.ts'
import { ColumnInputs, FileInputs } from './choose.ts'
import { type Run, resumeImport, run, startImport, stopImport } from './run.ts'

/** The maximum number of refused rows on the screen; the saved list has all of them. */
const MAX_SHOWN = 200

const HEADINGS: Record<Run['state'], string> = {
  running: 'Importing',
  done: 'Imported',
  stopped: 'Stopped importing',
  failed: 'Failed to import',
}

/** Saves all refused rows as a CSV file. */
function saveRefusals(refusals: Refusal[]): void {
  const rows = refusals.map(({ line, name = null, message }) => csvLine([line, name, message]))
  save(new Blob([csvLine(['line', 'name', 'message']), ...rows]), 'refused.csv')
}

/** The refused rows, and the reasons. */
function Refusals({ refusals, total }: { refusals: Refusal[]; total: number }) {
  if (total === 0) return null
  const rest = total - Math.min(refusals.length, MAX_SHOWN)
  return html`<section>
    <h3 id="refused">${counted(total, 'refused row')}</h3>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="refused">
      <table>
        <thead><tr><th scope="col">Line</th><th scope="col">Name</th><th scope="col">Reason</th></tr></thead>
        <tbody>
          ${refusals.slice(0, MAX_SHOWN).map(
            ({ line, name, message }) => html`<tr key=${line}>
              <td class="number">${line}</td><td class="wrap">${name ?? ''}</td><td>${message}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${rest > 0 && html`<p class="note">And ${count(rest)} more.</p>`}
    <button type="button" class="plain" onClick=${() => saveRefusals(refusals)}>Save the list</button>
  </section>`
}

/** How to read the rest of a file: with the current choices, if the file is still the chosen one. */
function optionsFor({ file, options }: Run) {
  const { value } = choice
  return (value?.file === file && value.options) || options
}

/** Where an unfinished import stopped, and how to continue. */
function Unfinished({ of }: { of: Run }) {
  const { state, failure, progress, mayBeDone, unreadable } = of
  if (state !== 'failed' && state !== 'stopped') return null
  const begun = progress.nextLine > 1
  return html`<div class="note failure" role="alert">
    ${failure && html`<p>${failure}</p>`}
    ${
      begun &&
      html`<p>Everything before line ${count(progress.nextLine)} is done.
        ${mayBeDone && ' Up to 1,000 rows from there on may already have been created; to continue does not create them twice.'}</p>`
    }
    ${!begun && mayBeDone && html`<p>Up to 1,000 rows may already have been created; to continue does not create them twice.</p>`}
    ${
      (begun || !unreadable) &&
      html`<button type="button" onClick=${() => resumeImport(of, optionsFor(of))}>
        Continue from line ${count(progress.nextLine)}</button>`
    }
  </div>`
}

/** The progress of an import, and its results. */
function Progress({ of }: { of: Run }) {
  const { file, state, progress, refusals, ignored } = of
  const percent =
    state === 'done' ? 100 : Math.floor((100 * progress.bytes) / Math.max(1, file.size))
  return html`<section aria-labelledby="progress">
    <div role="status"><h2 id="progress" class="wrap">${HEADINGS[state]} ${file.name}</h2></div>
    <progress aria-labelledby="progress" max=${Math.max(1, file.size)}
      value=${state === 'done' ? Math.max(1, file.size) : progress.bytes} />
    <p>
      ${tallyOf(progress, count)} (${percent} %)
    </p>
    ${ignored.length > 0 && html`<p class="note wrap">Not imported: ${ignored.join(', ')}</p>`}
    ${state === 'running' && html`<button type="button" onClick=${stopImport}>Stop</button>`}
    ${state === 'done' && html`<p><a href=${link('')}>See the catalogue</a></p>`}
    <${Unfinished} of=${of} />
    <${Refusals} refusals=${refusals} total=${progress.refused} />
  </section>`
}

/** Imports products from a file. */
export function Import() {
  useEffect(
    () => () => {
      choice.value = undefined // The file input is empty when the user returns.
    },
    [],
  )
  const { value } = choice
  const waits = run.value?.state === 'running' || value?.reading === true
  function submit(event: Event) {
    event.preventDefault()
    if (waits) return
    if (value?.options && !value.fault) startImport(value.file, value.options, onConflict.value)
  }
  return html`<main id="main">
    <div class="title"><${Title} text="Import products" /></div>
    <p>Choose a CSV file whose first line names its columns, or a file with one JSON object per line (NDJSON).</p>
    <form onSubmit=${submit}>
      <div class="filters"><${FileInputs} /></div>
      ${value?.fault && html`<p class="note failure" role="alert">${value.fault}</p>`}
      ${value && html`<${ColumnInputs} of=${value} imported=${run.value?.options === value.options} />`}
      <p><button aria-disabled=${waits}>Import</button></p>
    </form>
    ${run.value && html`<${Progress} of=${run.value} />`}
  </main>`
}
