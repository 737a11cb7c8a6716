/** The number in a text, with a decimal point or comma; undefined if it is none, or if it is `1,000`, which can be two. */
export function numberIn(text: string): number | undefined {
  const isNumber = /^\s*\d+(\.\d+|,\d{1,2})?\s*$/.test(text)
  return isNumber ? Number(text.replace(',', '.')) : undefined
}

/** The whole number in a text; undefined if it is none. */
export const wholeIn = (text: string): number | undefined =>
  /^\s*\d{1,16}\s*$/.test(text) ? Number(text) : undefined
