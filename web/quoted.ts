/** The first characters of a text, none of which is cut in two. */
export function firstOf(text: string, most: number): string {
  return text.length <= most ? text : [...text.slice(0, 2 * most)].slice(0, most).join('')
}

/** A name, quoted and shortened for messages. */
export function quoted(name: string): string {
  const isLong = firstOf(name, 60) !== name
  return `“${isLong ? `${firstOf(name, 59)}…` : name}”`
}
