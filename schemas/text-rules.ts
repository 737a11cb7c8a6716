/** Which texts are allowed. The API enforces these rules; the page checks them before it sends anything. */

import { normalTag, TAG_MAX } from './tag-rules.ts'

/**
 * A rule for strings: `text`, any Unicode text; `label`, one with a visible character; `name`, the name of a product;
 * `alert-name`, that of an alert; `key`, a client's own key of a product; `tag`, a tag.
 */
export type TextRule = 'text' | 'label' | 'name' | 'alert-name' | 'key' | 'tag'

/** The maximum length of a name after trimming, in characters. */
export const NAME_MAX = 255

/** The maximum length of a search, in characters. */
export const SEARCH_MAX = 200

/**
 * A visible character: not whitespace, not a control or format character, and not one that fonts render as
 * nothing. The last five render as nothing although no Unicode property says so: the braille pattern without
 * dots, a notehead, two Egyptian blanks and a Khitan filler.
 */
const VISIBLE =
  /[^\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\u{1d159}\u{13441}\u{13442}\u{16fe4}]/u

/** Not a format made when the page loads: that takes a slow phone a tenth of a second. */
const inDigits = (length: number) => length.toLocaleString('en')

/** The length of a text in characters (code points). It builds no array, because texts can be long. */
function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length += 1
  return length
}

/** The message for a text that is too long; undefined if it is not. */
export function lengthFault(text: string, max: number, subject: string): string | undefined {
  if (text.length <= max) return undefined
  const length = lengthOf(text)
  if (length <= max) return undefined
  return `${subject} has ${inDigits(length)} characters; at most ${inDigits(max)} are allowed`
}

/** NUL ends strings in C and in some stores; UTF-8 cannot encode an unpaired surrogate. */
function textFault(text: string, subject: string): string | undefined {
  if (!text.includes('\0') && text.isWellFormed()) return undefined
  return `${subject} must not contain NUL characters or unpaired surrogates`
}

function nameFault(thing: string, text: string, subject: string): string | undefined {
  const fault = textFault(text, subject)
  if (fault !== undefined) return fault
  const name = text.trim()
  if (name === '') return `Give the ${thing} a name: this one is blank`
  if (!VISIBLE.test(name)) return `Give the ${thing} a name: this one has only invisible characters`
  return lengthFault(name, NAME_MAX, subject)
}

function labelFault(text: string, subject: string): string | undefined {
  const fault = textFault(text, subject)
  if (fault !== undefined) return fault
  return VISIBLE.test(text) ? undefined : `${subject} must have at least one visible character`
}

/** A URL cannot end in `.` or `..`, encoded or not: every client removes them before it sends a request. */
function keyFault(text: string, subject: string): string | undefined {
  const fault = labelFault(text, subject)
  if (fault !== undefined) return fault
  return /^\.\.?$/.test(text)
    ? `${subject} must not be "." or "..", which no URL can end in`
    : undefined
}

const tagFault = (text: string, subject: string) =>
  labelFault(text, subject) ?? lengthFault(normalTag(text), TAG_MAX, subject)

/**
 * Gives the message for a text that breaks the rule, and undefined for one that follows it. `subject` names
 * the text in the message. The rules are code because regular expressions differ too much between languages:
 * few engines know unpaired surrogates, and each defines whitespace differently. The patterns in `text.ts`
 * express as much as every engine understands in the same way.
 */
export const TEXT_RULES: Record<TextRule, (text: string, subject: string) => string | undefined> = {
  text: textFault,
  label: labelFault,
  name: (text, subject) => nameFault('product', text, subject),
  'alert-name': (text, subject) => nameFault('alert', text, subject),
  key: keyFault,
  tag: tagFault,
}
