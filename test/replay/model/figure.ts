/** Figures that an answer can have in more than one way. */
export interface Figure {
  /** Whether an answer with this in its place is right. */
  allows(actual: unknown): boolean
}

/** The number of digits that the docs promise for longer figures. */
const EXACT_DIGITS = 10n ** 14n

/** Into how many parts a share is divided before it becomes a double. */
const SHARES = 10n ** 15n

/** A quotient that is known exactly, and answered to two decimals, or to its first 14 digits. */
export class Quotient implements Figure {
  readonly dividend: bigint
  readonly divisor: bigint

  /** The divisor is positive. */
  constructor(dividend: bigint, divisor: bigint) {
    this.dividend = dividend
    this.divisor = divisor
  }

  allows(actual: unknown): boolean {
    if (typeof actual !== 'number' || Number(actual.toFixed(2)) !== actual) return false
    const hundredths = BigInt(actual.toFixed(2).replace('.', ''))
    const exact = this.dividend * 100n
    const error = absolute(hundredths * this.divisor - exact)
    return 2n * error <= this.divisor + (2n * absolute(exact)) / EXACT_DIGITS
  }

  toJSON(): string {
    return `${Number(this.dividend) / Number(this.divisor)}, to two decimals`
  }
}

/** Any integer from `least` to `most`. */
export class Between implements Figure {
  readonly least: number
  readonly most: number

  constructor(least: number, most: number) {
    this.least = least
    this.most = most
  }

  allows(actual: unknown): boolean {
    return Number.isInteger(actual) && Number(actual) >= this.least && Number(actual) <= this.most
  }

  toJSON(): string {
    return `from ${this.least} to ${this.most}`
  }
}

/** A share of a whole, which is answered as a double: any from `least` to `most`. */
export class Share implements Figure {
  readonly least: bigint
  readonly most: bigint
  readonly whole: bigint

  /** The whole is positive. */
  constructor(least: bigint, most: bigint, whole: bigint) {
    this.least = least
    this.most = most
    this.whole = whole
  }

  #of(part: bigint): number {
    return Number((part * SHARES) / this.whole) / Number(SHARES)
  }

  allows(actual: unknown): boolean {
    if (typeof actual !== 'number') return false
    return actual > this.#of(this.least) - 1e-9 && actual < this.#of(this.most) + 1e-9
  }

  toJSON(): string {
    return `from ${this.#of(this.least)} to ${this.#of(this.most)}`
  }
}

/** Any of these. */
export class OneOf implements Figure {
  readonly values: readonly unknown[]

  constructor(...values: unknown[]) {
    this.values = values
  }

  allows(actual: unknown): boolean {
    return this.values.includes(actual)
  }

  toJSON(): string {
    return this.values.join(' or ')
  }
}

export function isFigure(value: unknown): value is Figure {
  return [Quotient, Share, Between, OneOf].some((kind) => value instanceof kind)
}

const absolute = (value: bigint) => (value < 0n ? -value : value)

/** By how many percent `last` is more than `first`; null where that is 0. */
export function percentOf(first: number, last: number): Quotient | null {
  if (first === 0) return null
  return new Quotient((BigInt(last) - BigInt(first)) * 100n, BigInt(first))
}
