import { InvalidArgumentError, Option } from 'commander'
import { encodingNamed } from '../import-export/encoding.ts'
import { FileFault, type Remedy } from '../import-export/fault.ts'
import { FIELDS, type Mapping } from '../import-export/fields.ts'

function toEncoding(label: string): string {
  const encoding = encodingNamed(label)
  if (encoding !== undefined) return encoding
  throw new InvalidArgumentError('Try utf-8, utf-16le, windows-1250 or windows-1252.')
}

/** The option for the encoding of a file. */
export function encodingOption(): Option {
  const description =
    'the encoding, such as windows-1250 (default: from the byte order mark, or utf-8)'
  return new Option('--encoding <name>', description).argParser(toEncoding)
}

/** Adds `field=column` to a mapping. `#3` is the third column; an empty column leaves the field out. */
function addColumn(text: string, mapping: Mapping = {}): Mapping {
  const [, name, column = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  const field = FIELDS.find((field) => field.name === name)?.name
  if (!field) {
    const fields = FIELDS.map(({ name }) => name).join(' and ')
    throw new InvalidArgumentError(`It must be FIELD=COLUMN; the fields are ${fields}.`)
  }
  if (field in mapping) throw new InvalidArgumentError(`The ${field} already has a column.`)
  const place = /^#([1-9]\d{0,5})$/.exec(column)?.[1]
  const chosen = place === undefined ? column || null : Number(place) - 1
  return { ...mapping, [field]: chosen }
}

/** The option that maps the fields of a product to columns. */
export function mapOption(): Option {
  const description =
    'the column or property that holds a field, as in name=Title; #2 is the second column, and ' +
    'description= omits the description; can be repeated (default: the column of the same name)'
  return new Option('--map <field=column>', description).argParser<Mapping>(addColumn)
}

const ADVICE: Record<Remedy, string> = {
  encoding: 'Save the file as UTF-8, or name its encoding, as in --encoding windows-1250',
  columns: 'Choose the columns, as in --map name=Title or --map name=#2',
}

/** Adds to the message of a file's fault what to do about it on the command line. */
export function advised(error: unknown): unknown {
  if (!(error instanceof FileFault) || error.remedy === undefined) return error
  return new FileFault(`${error.message}. ${ADVICE[error.remedy]}`, error.remedy)
}
