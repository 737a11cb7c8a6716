import { Type } from '../typebox.ts'
import { EXAMPLE_PRODUCT } from './example.ts'

/** A rule for strings: `text`, any Unicode text, or `name`, the name of a product. */
export type TextRule = 'text' | 'name'

/** NUL ends strings in C and in some stores; UTF-8 cannot encode an unpaired surrogate. */
const isText = (text: string) => !text.includes('\0') && text.isWellFormed()

const NAME_MAX = 255

/**
 * A character that can be seen: no blank, no control or format character, and nothing else that fonts
 * show as nothing. The last five are blank without a property of Unicode that says so: the braille
 * pattern without dots, a notehead, two Egyptian blanks and a Khitan filler.
 */
const VISIBLE =
  /[^\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}\u{16fe4}]/u

/** Characters count as code points, of which each has at most two code units. */
function isName(text: string): boolean {
  const name = text.trim()
  if (!VISIBLE.test(name) || name.length > 2 * NAME_MAX || !isText(name)) return false
  return Array.from(name).length <= NAME_MAX
}

/**
 * The rules by which a schema with the keyword `x-text` is checked. They are code, because regular
 * expressions differ too much between languages: few engines know unpaired surrogates, and each has
 * blanks of its own. The patterns below say as much as every engine understands in the same way.
 */
export const TEXT_RULES: Record<
  TextRule,
  {
    allows(text: string): boolean
    /** What to tell the sender of a string that is not allowed. */
    message: string
  }
> = {
  text: {
    allows: isText,
    message: 'must not contain NUL characters or unpaired surrogates',
  },
  name: {
    allows: isName,
    message:
      'must have 1 to 255 characters after trimming, at least one of them visible, without NUL ' +
      'characters or unpaired surrogates',
  },
}

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
