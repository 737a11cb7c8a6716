/** A number, formatted for people. */
export const count = (value: number) => value.toLocaleString('en-US')

/** A number of things, formatted for people: `1 product`, `2,000 products`. */
export const counted = (value: number, noun: string) =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`

/** A size in bytes, formatted for people. */
export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

/** The time since `start`, a `performance.now()`. */
export const secondsSince = (start: number) =>
  `${((performance.now() - start) / 1000).toFixed(1)} s`

/** Untrusted text without the control characters that a terminal would act on. */
export const printable = (text: string) => text.replace(/\p{Cc}/gu, '\ufffd')

/** A text, cut off if it is long. */
const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text)

/** Untrusted text, short enough to share a line with other text. */
export const brief = (text: string) => printable(shortened(text))

/** An untrusted value as JSON, short enough to share a line with other text. */
export function briefJson(value: unknown): string {
  return printable(JSON.stringify(typeof value === 'string' ? shortened(value) : value))
}
