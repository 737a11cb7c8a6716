import { useState } from 'preact/hooks'
import { csvLine } from '../../import-export/csv.ts'
import type { Refusal } from '../../import-export/import.ts'
import { count } from '../format.ts'
import { html } from '../html.ts'
import { link } from '../router.ts'
import { Title } from '../title.ts'
import { type Run, resumeImport, run, startImport, stopImport } from './run.ts'

/** More refused rows than these help nobody on a screen. */
const MOST_SHOWN = 200

const HEADINGS: Record<Run['state'], string> = {
  running: 'Importing',
  done: 'Imported',
  stopped: 'Stopped importing',
  failed: 'Failed to import',
}

/** Gives the person all refused rows as a CSV file. */
function save(refusals: Refusal[]): void {
  const rows = refusals.map(({ line, name = null, message }) => csvLine([line, name, message]))
  const url = URL.createObjectURL(new Blob([csvLine(['line', 'name', 'message']), ...rows]))
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = 'refused.csv'
  anchor.click()
  URL.revokeObjectURL(url)
}

/** The rows that were not created, and why. */
function Refusals({ refusals, total }: { refusals: Refusal[]; total: number }) {
  if (total === 0) return null
  const rest = total - Math.min(refusals.length, MOST_SHOWN)
  return html`<section>
    <h3 id="refused">${count(total)} refused ${total === 1 ? 'row' : 'rows'}</h3>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="refused">
      <table>
        <thead><tr><th scope="col">Line</th><th scope="col">Name</th><th scope="col">Why</th></tr></thead>
        <tbody>
          ${refusals.slice(0, MOST_SHOWN).map(
            ({ line, name, message }) => html`<tr key=${line}>
              <td class="number">${line}</td><td class="wrap">${name ?? ''}</td><td>${message}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${rest > 0 && html`<p class="note">And ${count(rest)} more.</p>`}
    <button type="button" class="plain" onClick=${() => save(refusals)}>Save the list</button>
  </section>`
}

/** Where an import ended before the file did, and how to go on. */
function Unfinished({ of }: { of: Run }) {
  const { state, failure, progress } = of
  if (state !== 'failed' && state !== 'stopped') return null
  return html`<div class="note failure" role="alert">
    ${failure && html`<p>${failure}</p>`}
    <p>Everything before line ${count(progress.nextLine)} is settled.
      ${failure && ' If the connection broke off, the up to 1,000 rows behind it may have been created as well.'}</p>
    <button type="button" onClick=${() => resumeImport(of)}>Go on from line ${count(progress.nextLine)}</button>
  </div>`
}

/** How far an import has come, and what became of its rows. */
function Progress({ of }: { of: Run }) {
  const { file, state, progress, refusals, ignored } = of
  return html`<section aria-labelledby="progress">
    <div role="status"><h2 id="progress" class="wrap">${HEADINGS[state]} ${file.name}</h2></div>
    <progress aria-labelledby="progress" max=${Math.max(1, file.size)}
      value=${state === 'done' ? Math.max(1, file.size) : progress.bytes} />
    <p>
      ${count(progress.created)} created, ${count(progress.refused)} refused
      (${state === 'done' ? 100 : Math.floor((100 * progress.bytes) / Math.max(1, file.size))} %)
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
  const [file, setFile] = useState<File>()
  const [fault, setFault] = useState<string>()
  const running = run.value?.state === 'running'
  function submit(event: Event) {
    event.preventDefault()
    setFault(file && startImport(file))
  }
  return html`<main id="main">
    <div class="title"><${Title} text="Import products" /></div>
    <p>A CSV file with a column <code>name</code> and, if you like, <code>description</code>, or a file
      with a JSON object a line (NDJSON) with the same properties; in UTF-8.</p>
    <form class="filters" onSubmit=${submit}>
      <label>File
        <input type="file" required accept=".csv,.ndjson,.jsonl"
          onChange=${({ currentTarget }: { currentTarget: HTMLInputElement }) => setFile(currentTarget.files?.[0])} />
      </label>
      <button disabled=${running}>Import</button>
    </form>
    ${fault && html`<p class="note failure" role="alert">${fault}</p>`}
    ${run.value && html`<${Progress} of=${run.value} />`}
  </main>`
}
