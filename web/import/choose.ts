import { FIELDS } from '../../import-export/fields.ts'
import type { OnConflict } from '../../schemas/batch.ts'
import type { WrittenField } from '../../schemas/product-fields.ts'
import { html } from '../html.ts'
import { LABELS } from '../product-fields.ts'
import { firstOf } from '../quoted.ts'
import { type Choice, choice, chooseColumn, chooseFile, onConflict } from './choice.ts'

const ENCODING_CHOICES: [label: string, text: string][] = [
  ['', 'UTF-8, or as marked'],
  ['utf-16le', 'UTF-16'],
  ['windows-1250', 'Windows-1250 (Central European)'],
  ['windows-1251', 'Windows-1251 (Cyrillic)'],
  ['windows-1252', 'Windows-1252 (Western European)'],
  ['windows-1253', 'Windows-1253 (Greek)'],
  ['windows-1254', 'Windows-1254 (Turkish)'],
  ['iso-8859-2', 'ISO 8859-2 (Central European)'],
  ['shift_jis', 'Shift JIS (Japanese)'],
  ['gb18030', 'GB 18030 (Chinese)'],
]

/** The maximum length of a shown cell: enough to recognise the column. */
const MAX_CHARACTERS = 200

const shown = (value: unknown) =>
  firstOf(String(typeof value === 'object' ? JSON.stringify(value) : (value ?? '')), MAX_CHARACTERS)

/** Chooses the file and its encoding. */
export function FileInputs() {
  const { file, encoding = '' } = choice.value ?? {}
  return html`
    <label>File
      <input type="file" required accept=".csv,.tsv,.tab,.ndjson,.jsonl"
        onChange=${({ currentTarget }: { currentTarget: HTMLInputElement }) => {
          const [chosen] = currentTarget.files ?? []
          if (chosen) chooseFile(chosen, encoding)
        }} />
    </label>
    <label>Encoding
      <select value=${encoding} disabled=${!file}
        onChange=${({ currentTarget }: { currentTarget: HTMLSelectElement }) => {
          if (file) chooseFile(file, currentTarget.value)
        }}>
        ${ENCODING_CHOICES.map(([label, text]) => html`<option key=${label} value=${label}>${text}</option>`)}
      </select>
    </label>`
}

/** Chooses the column of a field. */
function ColumnSelect({
  field,
  required,
  of,
}: {
  field: WrittenField
  required: boolean
  of: Choice
}) {
  const { columns, options } = of
  const chosen = columns.findIndex(({ column }) => column === options?.mapping?.[field])
  return html`<label>${LABELS[field]}
    <select required=${required} value=${chosen < 0 ? '' : String(chosen)}
      onChange=${({ currentTarget }: { currentTarget: HTMLSelectElement }) => {
        const { value } = currentTarget
        chooseColumn(field, value === '' ? null : (columns[Number(value)]?.column ?? null))
      }}>
      <option value="">${required ? 'Choose a column' : 'Not imported'}</option>
      ${columns.map(({ label }, index) => html`<option key=${index} value=${index}>${label}</option>`)}
    </select>
  </label>`
}

const ON_CONFLICT: Record<OnConflict, string> = {
  error: 'is refused',
  skip: 'is skipped',
  update: 'updates that product',
}

/** What to do with rows whose external id is taken; shown once a column is chosen for it. */
function ConflictSelect({ of: { options } }: { of: Choice }) {
  if (options?.mapping?.external_id == null) return null
  return html`<label>A row whose external id a product has
    <select value=${onConflict.value}
      onChange=${({ currentTarget }: { currentTarget: HTMLSelectElement }) => {
        onConflict.value = currentTarget.value as OnConflict
      }}>
      ${Object.entries(ON_CONFLICT).map(([value, text]) => html`<option key=${value} value=${value}>${text}</option>`)}
    </select>
  </label>`
}

/** The first rows, as they would be imported. */
function FirstRows({ of: { rows } }: { of: Choice }) {
  if (rows.length === 0) return null
  return html`<section>
    <h2 id="first-rows">The first rows</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="first-rows">
      <table>
        <thead><tr>${FIELDS.map(({ name }) => html`<th key=${name} scope="col">${LABELS[name]}</th>`)}</tr></thead>
        <tbody>
          ${rows.map(
            (row, index) =>
              html`<tr key=${index}>
                ${FIELDS.map(({ name }) => html`<td key=${name} class="wrap">${shown(row[name])}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`
}

/** Chooses the columns, with a preview until the import starts. */
export function ColumnInputs({ of, imported }: { of: Choice; imported: boolean }) {
  if (of.columns.length === 0) return null
  return html`<div class="filters" role="group" aria-label="Columns">
      ${FIELDS.map(
        ({ name, required }) =>
          html`<${ColumnSelect} key=${name} field=${name} required=${required} of=${of} />`,
      )}
      <${ConflictSelect} of=${of} />
    </div>
    ${!imported && html`<${FirstRows} of=${of} />`}`
}
