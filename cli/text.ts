/** A number as people read it. */
export const count = (value: number) => value.toLocaleString('en-US')

/** Bytes as people read them. */
export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

/** The time since `start`, a `performance.now()`. */
export const secondsSince = (start: number) =>
  `${((performance.now() - start) / 1000).toFixed(1)} s`

/** Text from elsewhere, without what a terminal would obey. */
export const printable = (text: string) => text.replace(/\p{Cc}/gu, '\ufffd')

/** The beginning of a long text. */
const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text)

/** Text from elsewhere, on one line with other text. */
export const brief = (text: string) => printable(shortened(text))

/** A value from elsewhere, as JSON, on one line with other text. */
export function briefJson(value: unknown): string {
  return printable(JSON.stringify(typeof value === 'string' ? shortened(value) : value))
}
