import { ChoiceField, TextField } from '../fields.ts'
import { html } from '../html.ts'
import type { AlertField, TypedAlert } from './typed.ts'
import { CONDITIONS, lasting, windowInWords } from './words.ts'

const TYPES = Object.entries(CONDITIONS)
const WINDOWS = ['1h', '6h', '24h', '7d', '30d', '90d'].map((window): [string, string] => [
  window,
  windowInWords(window),
])
const LOW_WINDOWS = ['30d', '90d', '365d', 'all'].map((window): [string, string] => [
  window,
  windowInWords(window),
])
const AGES = ['3600', '21600', '86400', '604800'].map((seconds): [string, string] => [
  seconds,
  lasting(Number(seconds)),
])
const COOLDOWNS: [string, string][] = [
  ['0', 'at once'],
  ...AGES.map(([seconds, name]): [string, string] => [seconds, `after ${name}`]),
]

interface FormProps {
  typed: TypedAlert
  faults: Partial<Record<AlertField, string>>
  onType: (change: Partial<TypedAlert>) => void
}

/** What the chosen type of condition needs to know. */
function Details({ typed, faults, onType }: FormProps) {
  switch (typed.type) {
    case 'price_below':
    case 'price_above':
      return html`<${TextField} id="alert-price" label="Price" numeric value=${typed.price}
        fault=${faults.price} onType=${(price: string) => onType({ price })} />`
    case 'drop':
    case 'rise':
      return html`
        <${TextField} id="alert-size" label="By" numeric value=${typed.size} fault=${faults.size}
          onType=${(size: string) => onType({ size })} />
        <${ChoiceField} id="alert-size-in" label="In" value=${typed.sizeIn}
          choices=${[['percent', 'percent'], ['absolute', 'price']]}
          onChoose=${(sizeIn: TypedAlert['sizeIn']) => onType({ sizeIn })} />
        <${ChoiceField} id="alert-window" label="Within" value=${typed.window} choices=${WINDOWS}
          nameOf=${windowInWords} onChoose=${(window: string) => onType({ window })} />`
    case 'new_low':
      return html`<${ChoiceField} id="alert-low-window" label="In" value=${typed.lowWindow}
        choices=${LOW_WINDOWS} onChoose=${(lowWindow: string) => onType({ lowWindow })} />`
    case 'stale':
      return html`<${ChoiceField} id="alert-for" label="For" value=${typed.forSeconds} choices=${AGES}
        nameOf=${(seconds: string) => lasting(Number(seconds))}
        onChoose=${(forSeconds: string) => onType({ forSeconds })} />`
    default:
      return null
  }
}

/** The fields of an alert. `suggestion` is the name that it has if none is typed. */
export function AlertFields({ suggestion, ...form }: FormProps & { suggestion: string }) {
  const { typed, faults, onType } = form
  return html`
    <${ChoiceField} id="alert-type" label="When" value=${typed.type} choices=${TYPES}
      onChoose=${(type: TypedAlert['type']) => onType({ type })} />
    <div class="together"><${Details} ...${form} /></div>
    <label class="check"><input type="checkbox" checked=${typed.fireIfTrue}
      onChange=${() => onType({ fireIfTrue: !typed.fireIfTrue })} />Also if it is so already</label>
    <details>
      <summary>More settings</summary>
      <div class="together">
        <${ChoiceField} id="alert-cooldown" label="Tell again" value=${typed.cooldown} choices=${COOLDOWNS}
          nameOf=${(seconds: string) => `after ${lasting(Number(seconds))}`}
          onChoose=${(cooldown: string) => onType({ cooldown })} />
        <${TextField} id="alert-rearm" label="Re-arm margin in percent" numeric value=${typed.rearm}
          fault=${faults.rearm} onType=${(rearm: string) => onType({ rearm })} />
      </div>
      <p class="note"><small>An alert tells once for as long as its condition holds. It is armed again when that has
        become false by the margin, and tells again at the earliest after the time above.</small></p>
      <${TextField} id="alert-name" label="Name" placeholder=${suggestion} value=${typed.name}
        fault=${faults.name} onType=${(name: string) => onType({ name })} />
    </details>`
}
