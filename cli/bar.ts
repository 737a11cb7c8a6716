import { Presets, SingleBar } from 'cli-progress'
import type { Context } from './context.ts'

/**
 * Starts a bar on standard error that runs up to `total`; without a total it shows the label alone.
 * `{name}` in the label is a figure that an update gives. It has to be stopped. Where no terminal
 * watches, it shows nothing.
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

/** Runs work under a bar that shows how much of it is done. */
export function underBar<Result>(
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
