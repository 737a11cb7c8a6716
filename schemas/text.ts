import { Type } from '@sinclair/typebox'
import { EXAMPLE_PRODUCT } from './example.ts'
import { PRODUCT_FIELDS } from './product-fields.ts'

/** No NUL. */
const TEXT_PATTERN = '^[^\\x00]*$'

/**
 * No NUL, and at least one character that is visible or above U+00FF. It lists invisible characters only up to
 * U+00FF, because `\xNN` means the same to every engine. The first two parts share no character, so matching takes
 * linear time.
 */
export const VISIBLE_PATTERN =
  '^[\\x01-\\x20\\x7f-\\xa0\\xad]*[^\\x00-\\x20\\x7f-\\xa0\\xad][^\\x00]*$'

/** The same for keys, and neither `.` nor `..`. Each part begins with what the others do not. */
const KEY_PATTERN =
  '^(?:[\\x01-\\x20\\x7f-\\xa0\\xad]+[^\\x00-\\x20\\x7f-\\xa0\\xad][^\\x00]*' +
  '|[^\\x00-\\x20\\x7f-\\xa0\\xad.][^\\x00]*|\\.[^\\x00.][^\\x00]*|\\.\\.[^\\x00]+)$'

/** A string of at most `maxLength` characters (code points), without NUL. */
export function text(maxLength: number, description: string, example: string) {
  return Type.String({
    maxLength,
    pattern: TEXT_PATTERN,
    'x-text': 'text',
    description,
    examples: [example],
  })
}

/** A product's name as clients send it. It has no `maxLength`, which would count surrounding whitespace. */
export const Name = Type.String({
  minLength: 1,
  pattern: VISIBLE_PATTERN,
  'x-text': 'name',
  description:
    '1 to 255 characters after trimming; surrounding whitespace is removed. Names that have only ' +
    'invisible characters, NUL characters and unpaired surrogates are refused.',
  examples: [EXAMPLE_PRODUCT.name],
})

/** A client's own key of a product. */
export const ExternalId = Type.String({
  minLength: 1,
  maxLength: PRODUCT_FIELDS.external_id.max,
  pattern: KEY_PATTERN,
  'x-text': 'key',
  description:
    'A key of your own, such as a SKU, an EAN or a slug: 1 to 255 characters, compared exactly and unique ' +
    'in the catalogue. Keys that have only invisible characters, `.`, `..`, NUL characters and unpaired ' +
    'surrogates are refused.',
  examples: [EXAMPLE_PRODUCT.external_id],
})
