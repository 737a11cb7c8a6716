/** The number in a text, with a decimal point or comma; undefined if it is none, or if it is `1,000`, which can be two. */
export function numberIn(text: string): number | undefined {
  const isNumber = /^\s*\d+(\.\d+|,\d{1,2})?\s*$/.test(text)
  return isNumber ? Number(text.replace(',', '.')) : undefined
}
