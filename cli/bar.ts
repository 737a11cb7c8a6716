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
