/** The target of a figure: a lower or an upper limit. */
export type Target = { atLeast: number } | { atMost: number }

/** A measured figure, with the samples of each side, one per round. */
export interface StepFigure {
  figure: string
  value: number
  unit: 'ratio' | 'ms' | 's' | 'MB' | 'products/s'
  target: Target
  samples: Record<string, number[]>
}

/** A figure with the name of its step. */
export type Figure = StepFigure & { step: string }

/** The smallest value that at least this share of the values does not exceed; NaN if there are none. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted.length / 2
  const middle = sorted.slice(Math.ceil(upper) - 1, Math.floor(upper) + 1)
  return middle.reduce((sum, value) => sum + value, 0) / middle.length
}

/** One side of a comparison, with its samples so far. */
export interface Side {
  measure: () => Promise<number>
  samples: number[]
}

export const side = (measure: Side['measure']): Side => ({ measure, samples: [] })

/** The ratio of the medians of two sides, with the samples of both. */
export function compared(
  figure: string,
  of: [name: string, side: Side],
  to: [name: string, side: Side],
  target: Target,
): StepFigure {
  const [a, b] = [of[1].samples, to[1].samples]
  return {
    figure,
    ...{ value: median(a) / median(b), unit: 'ratio', target },
    samples: { [of[0]]: a, [to[0]]: b },
  }
}

/** Measures each side once per round, alternating, so that a temporary disturbance of the machine affects both. */
export async function alternate(rounds: number, ...sides: Side[]): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const { measure, samples } of sides) samples.push(await measure())
  }
}

export function isMet({ value, target }: StepFigure): boolean {
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}
