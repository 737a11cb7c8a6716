/** Letters that Unicode does not decompose, and the one or more letters that people type instead. */
const ALIKE: Record<string, string> = {
  // Latin, with a stroke, a hook, a tail or a bar.
  a: 'ⱥ',
  b: 'ƀɓƃ',
  c: 'ƈȼ',
  d: 'đðɖɗƌȡ',
  e: 'əɛǝɇ',
  f: 'ƒ',
  g: 'ɠǥɣ',
  h: 'ħⱨɦ',
  i: 'ıɨɩ',
  j: 'ȷɉ',
  k: 'ƙⱪ',
  l: 'łƚⱡɫɬȴ',
  n: 'ŋƞɲȵ',
  o: 'øɔɵ',
  p: 'ƥᵽ',
  q: 'ĸɋ',
  r: 'ɍɽ',
  s: 'ȿʂ',
  t: 'ŧƭʈⱦȶ',
  u: 'ʉʊ',
  v: 'ʋⱱ',
  w: 'ⱳƿ',
  y: 'ƴɏ',
  z: 'ƶȥⱬɀʒ',
  // Latin ligatures.
  aa: 'ꜳ',
  ae: 'æ',
  ao: 'ꜵ',
  au: 'ꜷ',
  av: 'ꜹꜻ',
  ay: 'ꜽ',
  ll: 'ỻ',
  oe: 'œ',
  oi: 'ƣ',
  oo: 'ꝏ',
  ss: 'ß',
  th: 'þ',
  // Greek: the sigma at the end of a word.
  σ: 'ς',
  // Cyrillic letters that some keyboards lack.
  г: 'ґғ',
  е: 'ё',
  ж: 'җ',
  к: 'қҡҟ',
  н: 'ңӊ',
  о: 'ө',
  у: 'ұү',
  х: 'ҳ',
  ч: 'ҷҹ',
  // Arabic letters that differ only by keyboard, country or position.
  ه: 'ةہھە',
  ي: 'ىی',
  ك: 'ک',
  ا: 'ٱ',
}

const LETTERS = new Map(
  Object.entries(ALIKE).flatMap(([plain, letters]) =>
    Array.from(letters, (letter): [string, string] => [letter, plain]),
  ),
)

const ANY = new RegExp(`[${[...LETTERS.keys()].join('')}]`, 'u')

/** Replaces those letters with what people type; the text must be in lower case. */
export function plainLetters(text: string): string {
  if (!ANY.test(text)) return text
  return Array.from(text, (letter) => LETTERS.get(letter) ?? letter).join('')
}
