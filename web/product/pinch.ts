/** Where a finger was when the last one joined, and where it is, in CSS pixels from the left of the plot. */
export interface Finger {
  start: number
  now: number
}

/** Two fingers that are closer than this, in CSS pixels, count as this far apart. */
const MIN_DISTANCE = 16

/** What a chart of this range and width shows when two fingers have moved: the times stay under them. */
export function pinched(
  { from, to }: { from: number; to: number },
  width: number,
  [one, other]: [Finger, Finger],
): { centre: number; length: number } {
  const middle = (position: 'start' | 'now') => (one[position] + other[position]) / 2
  const distance = (position: 'start' | 'now') =>
    Math.max(MIN_DISTANCE, Math.abs(one[position] - other[position]))
  const at = from + (middle('start') / width) * (to - from)
  const length = ((to - from) * distance('start')) / distance('now')
  return { centre: at + (0.5 - middle('now') / width) * length, length }
}
