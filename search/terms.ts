import { type Atom, atomsOf, wordsOf } from './atoms.ts'
import { fold } from './fold.ts'
import { joinFrom } from './joined.ts'

/** A term that stands where phrases end. No query has it but to say that one does. */
export const STOP = '.'

/** As many parts of a word are joined to its end, from its first atom on. */
const MOST_STARTS = 8

const isCharacter = ({ kind }: Atom) => kind === 'character'

/** The terms of a text in order, and in `joined` those that words have besides. */
function addTerms(text: string, terms: string[], joined: Set<string>): void {
  const stop = () => {
    if (terms.at(-1) !== STOP) terms.push(STOP)
  }
  let afterUnspaced = false
  for (const word of wordsOf(atomsOf(fold(text)))) {
    const unspaced = word.some(isCharacter)
    // Any part of a run without blanks is found, but not across its ends.
    if (unspaced || afterUnspaced || word[0]?.gap === 'stop') stop()
    afterUnspaced = unspaced
    for (const { text } of word) terms.push(text)
    for (let start = 0; start < Math.min(word.length - 1, MOST_STARTS); start++) {
      const { text, count } = joinFrom(word, start)
      if (count > 1) joined.add(text)
    }
  }
  stop()
}

/**
 * What an engine stores of the texts of a product to search in, in this order: terms that contain neither blanks nor
 * any difference that does not count.
 */
export function termsOf(texts: readonly string[]): string[] {
  const terms: string[] = []
  const joined = new Set<string>()
  for (const text of texts) addTerms(text, terms, joined)
  return terms.concat(...joined)
}
