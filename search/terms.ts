import { type Atom, atomsOf, wordsOf } from './atoms.ts'
import { fold } from './fold.ts'
import { joinFrom } from './joined.ts'

/** A term that marks the end of a phrase. A query contains it only to match such an end. */
export const STOP = '.'

/** The number of leading atoms of a word from which the rest of the word is joined. */
const MAX_STARTS = 8

const isCharacter = ({ kind }: Atom) => kind === 'character'

/** Adds the terms of a text in order, and to `joined` the additional terms from joined words. */
function addTerms(text: string, terms: string[], joined: Set<string>): void {
  const stop = () => {
    if (terms.at(-1) !== STOP) terms.push(STOP)
  }
  let afterUnspaced = false
  for (const word of wordsOf(atomsOf(fold(text)))) {
    const unspaced = word.some(isCharacter)
    // Any part of an unspaced run matches, but not across its ends.
    if (unspaced || afterUnspaced || word[0]?.gap === 'stop') stop()
    afterUnspaced = unspaced
    for (const { text } of word) terms.push(text)
    for (let start = 0; start < Math.min(word.length - 1, MAX_STARTS); start++) {
      const { text, count } = joinFrom(word, start)
      if (count > 1) joined.add(text)
    }
  }
  stop()
}

/**
 * The terms that an engine stores for the texts of a product, in this order. Terms contain no spaces and none of the
 * differences that search ignores.
 */
export function termsOf(texts: readonly string[]): string[] {
  const terms: string[] = []
  const joined = new Set<string>()
  for (const text of texts) addTerms(text, terms, joined)
  return terms.concat(...joined)
}
