import { InvalidArgumentError, Option } from 'commander'
import { encodingNamed } from '../import-export/encoding.ts'
import { FileFault, type Remedy } from '../import-export/fault.ts'
import { FIELDS, type Mapping } from '../import-export/fields.ts'

function toEncoding(label: string): string {
  const encoding = encodingNamed(label)
  if (encoding !== undefined) return encoding
  throw new InvalidArgumentError('Try utf-8, utf-16le, windows-1250 or windows-1252.')
}

/** The option that says which encoding a file has. */
export function encodingOption(): Option {
  const says = 'the encoding, such as windows-1250 (default: by the byte order mark, or utf-8)'
  return new Option('--encoding <name>', says).argParser(toEncoding)
}

/** Adds `field=column` to a mapping; `#3` is the third column, and nothing is none. */
function addColumn(text: string, mapping: Mapping = {}): Mapping {
  const [, name, column = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  const field = FIELDS.find((field) => field.name === name)?.name
  if (!field) {
    const fields = FIELDS.map(({ name }) => name).join(' and ')
    throw new InvalidArgumentError(`It takes FIELD=COLUMN; the fields are ${fields}.`)
  }
  if (field in mapping) throw new InvalidArgumentError(`The ${field} has a column already.`)
  const place = /^#([1-9]\d{0,5})$/.exec(column)?.[1]
  const chosen = place === undefined ? column || null : Number(place) - 1
  return { ...mapping, [field]: chosen }
}

/** The option that says which columns have the fields of a product. */
export function mapOption(): Option {
  const says =
    'which column or property has a field, as in name=Title; #2 is the second column, and ' +
    'description= leaves that out; can be repeated (default: the column of the same name)'
  return new Option('--map <field=column>', says).argParser<Mapping>(addColumn)
}

const ADVICE: Record<Remedy, string> = {
  encoding: 'Save the file as UTF-8, or say what encoding it has, as in --encoding windows-1250',
  columns: 'Choose the columns, as in --map name=Title or --map name=#2',
}

/** A fault of a file with what can be done about it on the command line. */
export function advised(error: unknown): unknown {
  if (!(error instanceof FileFault) || error.remedy === undefined) return error
  return new FileFault(`${error.message}. ${ADVICE[error.remedy]}`, error.remedy)
}
