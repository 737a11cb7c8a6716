import type { Alert, NewAlert } from '../../schemas/alert.ts'
import { html } from '../html.ts'
import { Theirs } from '../meanwhile.ts'
import { changedSettings } from './typed.ts'
import { inWords, lasting } from './words.ts'

/** The settings that the form has, with their labels in it, in words. */
const SETTINGS: [name: string, label: string, textOf: (alert: Alert) => string][] = [
  ['condition', 'When', ({ condition }) => inWords(condition)],
  ['fire_if_true', 'Also if it is so already', ({ fire_if_true: is }) => (is ? 'yes' : 'no')],
  [
    'cooldown_s',
    'Tell again',
    ({ cooldown_s: seconds }) => (seconds === 0 ? 'at once' : `after ${lasting(seconds)}`),
  ],
  ['rearm_percent', 'Re-arm margin in percent', ({ rearm_percent: margin }) => String(margin)],
  ['name', 'Name', ({ name }) => name],
]

/** The settings in someone else's version, as far as they differ from what was typed. */
export function TheirSettings({ theirs, mine }: { theirs: Alert; mine: NewAlert }) {
  const differing = changedSettings(theirs, mine) ?? {}
  return SETTINGS.filter(([name]) => name in differing).map(
    ([name, label, textOf]) =>
      html`<${Theirs} key=${name} id=${`alert-${name}-theirs`} label=${label} text=${textOf(theirs)} />`,
  )
}
