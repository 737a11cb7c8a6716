import type { Alert, AlertPatch, NewAlert } from '../../schemas/alert.ts'
import type { AlertCondition } from '../../schemas/alert-condition.ts'
import { normalTag, TAG_MAX } from '../../schemas/tag-rules.ts'
import { lengthFault, NAME_MAX } from '../../schemas/text-rules.ts'
import { numberIn } from '../number-in.ts'
import { parsePrice, plainPrice } from '../price.ts'
import { type ConditionType, inWords } from './words.ts'

/** An alert as typed. It keeps what was typed for one type of condition while another one is chosen. */
export interface TypedAlert {
  name: string
  /** The tag of the products that it is about; empty for all. It plays no part for one product. */
  tag: string
  type: ConditionType
  price: string
  /** How far a price drops or rises. */
  size: string
  sizeIn: 'percent' | 'absolute'
  window: string
  lowWindow: string
  forSeconds: string
  cooldown: string
  rearm: string
  fireIfTrue: boolean
}

/** What a new alert begins as, for a product with this lowest price or for the products with a tag. */
export function newTyped(lowest: number | null, tag = ''): TypedAlert {
  return {
    name: '',
    tag,
    type: 'price_below',
    price: lowest === null ? '' : plainPrice(lowest),
    size: '10',
    sizeIn: 'percent',
    window: '24h',
    lowWindow: '30d',
    forSeconds: '86400',
    cooldown: '0',
    rearm: '0',
    fireIfTrue: false,
  }
}

/** An alert, as it would be typed. */
export function toTyped({ name, tag, condition, ...settings }: Alert): TypedAlert {
  const { type, price, percent, absolute, window, for_s: seconds } = condition
  const typed = newTyped(price ?? null, tag ?? '')
  if (percent !== undefined) typed.size = String(percent)
  if (absolute !== undefined) {
    typed.size = plainPrice(absolute)
    typed.sizeIn = 'absolute'
  }
  if (window !== undefined) typed[type === 'new_low' ? 'lowWindow' : 'window'] = window
  if (seconds !== undefined) typed.forSeconds = String(seconds)
  return {
    ...typed,
    name,
    type,
    cooldown: String(settings.cooldown_s),
    rearm: String(settings.rearm_percent),
    fireIfTrue: settings.fire_if_true,
  }
}

/** The fields that can be wrong. */
export type AlertField = 'tag' | 'price' | 'size' | 'rearm' | 'name'

/** The condition that was typed. Its fields must be without faults. */
function conditionOf(typed: TypedAlert): AlertCondition {
  const { type } = typed
  switch (type) {
    case 'price_below':
    case 'price_above':
      return { type, price: parsePrice(typed.price) }
    case 'drop':
    case 'rise':
      return typed.sizeIn === 'percent'
        ? { type, percent: numberIn(typed.size), window: typed.window }
        : { type, absolute: parsePrice(typed.size), window: typed.window }
    case 'new_low':
      return { type, window: typed.lowWindow }
    case 'stale':
      return { type, for_s: Number(typed.forSeconds) }
    default:
      return { type }
  }
}

function sizeFault({ sizeIn, size }: TypedAlert): string | undefined {
  if (sizeIn === 'absolute') return parsePrice(size) ? undefined : 'Enter a price above 0'
  const percent = numberIn(size)
  return percent && percent <= 1_000_000 ? undefined : 'Enter a percentage above 0'
}

/** What is wrong with the fields of the typed condition and settings. */
export function faultsOf(typed: TypedAlert): Partial<Record<AlertField, string>> {
  const { tag, type, price, rearm, name } = typed
  const faults: Partial<Record<AlertField, string | undefined>> = {}
  if (type === 'price_below' || type === 'price_above') {
    if (parsePrice(price) === undefined) faults.price = 'Enter a price'
  }
  if (type === 'drop' || type === 'rise') faults.size = sizeFault(typed)
  const margin = numberIn(rearm)
  if (margin === undefined || margin > 100) faults.rearm = 'Enter a percentage from 0 to 100'
  faults.tag = lengthFault(normalTag(tag), TAG_MAX, 'The tag')
  faults.name = lengthFault(name.trim(), NAME_MAX, 'The name')
  return Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault))
}

/** The condition and the settings that were typed. They must be without faults. */
export function toSettings(typed: TypedAlert): Omit<NewAlert, 'name' | 'product_id' | 'tag'> {
  return {
    condition: conditionOf(typed),
    cooldown_s: Number(typed.cooldown),
    rearm_percent: numberIn(typed.rearm),
    fire_if_true: typed.fireIfTrue,
  }
}

/** The settings of an alert, as the dialog sends them. */
export const settingsOf = (alert: Alert) => ({ name: alert.name, ...toSettings(toTyped(alert)) })

/** A name for an alert, from what it is about and, if that is valid, from what was typed. */
export function suggestedName(about: string, typed: TypedAlert, valid: boolean): string {
  const rest = valid ? `: ${inWords(conditionOf(typed))}` : ''
  return [...about].slice(0, NAME_MAX - rest.length).join('') + rest
}

/** The changes to an alert; undefined if there are none. */
export function changedSettings(before: Alert, next: NewAlert): AlertPatch | undefined {
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
  const { name, condition, cooldown_s, rearm_percent, fire_if_true } = next
  const change: AlertPatch = {
    ...(name !== before.name && { name }),
    ...(!same(settingsOf(before).condition, condition) && { condition }),
    ...(cooldown_s !== before.cooldown_s && { cooldown_s }),
    ...(rearm_percent !== before.rearm_percent && { rearm_percent }),
    ...(fire_if_true !== before.fire_if_true && { fire_if_true }),
  }
  return Object.keys(change).length > 0 ? change : undefined
}

/** The products that were typed: those with the tag, or all. */
export const tagOf = ({ tag }: TypedAlert) => normalTag(tag) || null
