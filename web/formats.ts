// Each format is made when it is first used, because making one takes a slow phone tens of milliseconds.

/** Formats times (epoch ms). */
export type TimeFormat = (value: number) => string

/** Formats numbers in the browser's locale. */
export function numberFormat(options?: Intl.NumberFormatOptions): (value: number) => string {
  let made: Intl.NumberFormat | undefined
  return (value) => {
    made ??= new Intl.NumberFormat(undefined, options)
    return made.format(value)
  }
}

/** Formats times (epoch ms) in the browser's locale and time zone. */
export function timeFormat(options: Intl.DateTimeFormatOptions): TimeFormat {
  let made: Intl.DateTimeFormat | undefined
  return (value) => {
    made ??= new Intl.DateTimeFormat(undefined, options)
    return made.format(value)
  }
}
