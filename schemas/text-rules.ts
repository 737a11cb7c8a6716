/** What texts are allowed, for the API, and for the page to say so before it asks the API. */

/** A rule for strings: `text`, any Unicode text, or `name`, the name of a product. */
export type TextRule = 'text' | 'name'

/** How many characters a name may have after trimming. */
export const NAME_MAX = 255

/** How many characters a description may have. */
export const DESCRIPTION_MAX = 10_000

/** How many characters a search may have. */
export const SEARCH_MAX = 200

/**
 * A character that can be seen: no blank, no control or format character, and nothing else that fonts
 * show as nothing. The last five are blank without a property of Unicode that says so: the braille
 * pattern without dots, a notehead, two Egyptian blanks and a Khitan filler.
 */
const VISIBLE =
  /[^\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}\u{16fe4}]/u

const integers = new Intl.NumberFormat('en')

/** The length of a text in characters (code points); without an array of them, as a text can be long. */
function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length += 1
  return length
}

/** What to say of a text that has more characters than it may; undefined where it does not. */
export function lengthFault(text: string, max: number, subject: string): string | undefined {
  if (text.length <= max) return undefined
  const length = lengthOf(text)
  if (length <= max) return undefined
  return `${subject} has ${integers.format(length)} characters; at most ${integers.format(max)} are allowed`
}

/** NUL ends strings in C and in some stores; UTF-8 cannot encode an unpaired surrogate. */
function textFault(text: string, subject: string): string | undefined {
  if (!text.includes('\0') && text.isWellFormed()) return undefined
  return `${subject} must not contain NUL characters or unpaired surrogates`
}

function nameFault(text: string, subject: string): string | undefined {
  const fault = textFault(text, subject)
  if (fault !== undefined) return fault
  const name = text.trim()
  if (name === '') return 'Give the product a name: this one is blank'
  if (!VISIBLE.test(name)) return 'Give the product a name: this one has invisible characters only'
  return lengthFault(name, NAME_MAX, subject)
}

/**
 * What to tell the sender of a text that is not allowed, with `subject` for what the text is; undefined for
 * one that is. The rules are code, because regular expressions differ too much between languages: few
 * engines know unpaired surrogates, and each has blanks of its own. The patterns in `text.ts` say as much
 * as every engine understands in the same way.
 */
export const TEXT_RULES: Record<TextRule, (text: string, subject: string) => string | undefined> = {
  text: textFault,
  name: nameFault,
}

/** What is wrong with the fields of a product, each by itself, as a person typed them. */
export function productFaults({ name, description }: { name: string; description: string }): {
  name?: string
  description?: string
} {
  return {
    name: nameFault(name, 'The name'),
    description:
      textFault(description, 'The description') ??
      lengthFault(description, DESCRIPTION_MAX, 'The description'),
  }
}
