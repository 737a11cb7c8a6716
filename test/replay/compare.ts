import { isFigure } from './model/figure.ts'

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Where an answer is not as expected. */
export function* differences(actual: unknown, expected: unknown, where = ''): Generator<string> {
  if (isFigure(expected)) {
    if (!expected.allows(actual)) yield difference(where, actual, expected)
  } else if (isObject(actual) && isObject(expected)) {
    for (const key of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
      yield* differences(actual[key], expected[key], `${where}.${key}`)
    }
    yield* meanOutside(actual, where)
  } else if (!Object.is(actual, expected)) {
    yield difference(where, actual, expected)
  }
}

const difference = (where: string, actual: unknown, expected: unknown) =>
  `${where} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`

function* meanOutside({ low, high, mean }: Record<string, unknown>, where: string) {
  if (typeof mean !== 'number') return
  if (mean < Number(low) || mean > Number(high)) {
    yield `${where}.mean is ${mean}, which is not from ${low} to ${high}`
  }
}

/** A line of the export, or a change of the feed. */
interface Line {
  product_id: string
  at: string
  offer_id?: string | null
}

/**
 * The same lines by product, with those of one moment in the order of their offers, which is free; and
 * without the order in time, which differs with the kind of line.
 */
export function arranged<L extends Line>(lines: readonly L[]): Record<string, L[]> {
  const key = ({ at, offer_id }: Line) => `${at} ${offer_id ?? ''}`
  const products = Map.groupBy(lines, ({ product_id }) => product_id)
  const sorted = [...products].map(([id, own]): [string, L[]] => [
    id,
    own.toSorted((a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b)))),
  ])
  return Object.fromEntries(sorted)
}
