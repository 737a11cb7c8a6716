import { Type } from '../typebox.ts'
import { EXAMPLE_PRODUCT } from './example.ts'

/** No NUL. */
const TEXT_PATTERN = '^[^\\x00]*$'

/**
 * No NUL, and not only what is invisible up to U+00FF, where the notation is the same in every engine. The
 * first two parts have no character in common, so it takes linear time.
 */
const NAME_PATTERN = '^[\\x01-\\x20\\x7f-\\xa0\\xad]*[^\\x00-\\x20\\x7f-\\xa0\\xad][^\\x00]*$'

/** A string of at most `maxLength` characters (code points) that is text as defined above. */
export function text(maxLength: number, description: string, example: string) {
  return Type.String({
    maxLength,
    pattern: TEXT_PATTERN,
    'x-text': 'text',
    description,
    examples: [example],
  })
}

/** A product's name as clients send it. `maxLength` would count the blanks around it. */
export const Name = Type.String({
  minLength: 1,
  pattern: NAME_PATTERN,
  'x-text': 'name',
  description:
    '1 to 255 characters after trimming; whitespace around it is removed. Names of invisible characters ' +
    'alone, NUL characters and unpaired surrogates are refused.',
  examples: [EXAMPLE_PRODUCT.name],
})
