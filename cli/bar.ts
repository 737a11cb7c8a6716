import { Presets, SingleBar } from 'cli-progress'
import type { Context } from './context.ts'

/**
 * Starts a progress bar on standard error that runs up to `total`; without a total it shows only the label.
 * Updates fill in each `{name}` in the label. The caller must stop the bar. If standard error is not a
 * terminal, it shows nothing.
 */
export function startBar(
  { stderr }: Context,
  label: string,
  total: number | undefined,
  figures: Record<string, string> = {},
): SingleBar {
  const format =
    total === undefined ? label : `{bar} {percentage}% | ${label} | {eta_formatted} left`
  const bar = new SingleBar({ stream: stderr, format, emptyOnZero: true }, Presets.shades_classic)
  bar.start(total ?? 0, 0, figures)
  return bar
}

/** Runs work, and shows its progress in a bar. */
export function withBar<Result>(
  context: Context,
  label: string,
  work: (onProgress: (done: number, total: number) => void) => Promise<Result>,
): Promise<Result> {
  const bar = startBar(context, label, 0)
  return work((done, total) => {
    bar.setTotal(total)
    bar.update(done)
  }).finally(() => bar.stop())
}
