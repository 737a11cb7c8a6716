import type { ChangeType } from '../../schemas/change.ts'
import type { Webhook } from '../../schemas/webhook.ts'
import { counted, moment } from '../format.ts'

/** The types of changes, in words. */
export const TYPE_NAMES: Record<ChangeType, string> = {
  'product.created': 'a product is created',
  'product.updated': 'a product is changed',
  'product.deleted': 'a product is deleted',
  'product.registered': 'a product is registered',
  'offer.listed': 'an offer appears',
  'offer.price_changed': 'a price changes',
  'offer.stock_changed': 'a stock changes',
  'offer.delisted': 'an offer disappears',
  'alert.fired': 'an alert fires',
}

/** All types of changes. */
export const TYPES = Object.keys(TYPE_NAMES) as ChangeType[]

/** What a webhook is sent, in words. */
export function contentsOf({ types, batch_size: size }: Webhook): string {
  const what =
    types.length === 0
      ? 'of every change'
      : `when ${types.map((type) => TYPE_NAMES[type]).join(', or ')}`
  return size === 1 ? `Told ${what}` : `Told ${what}; up to ${size} in a message`
}

const sentence = (text: string) => (/[.!?…]$/.test(text) ? text : `${text}.`)

/** How the deliveries of a webhook go, and whether that is bad. */
export function stateOf(webhook: Webhook): { text: string; bad: boolean } {
  const { enabled, failures, last_error: error, lag, next_attempt_at: next } = webhook
  if (!enabled)
    return { text: error === null ? 'Off.' : `Off: ${sentence(error)}`, bad: error !== null }
  if (failures > 0) {
    const often = failures === 1 ? 'Failed once' : `Failed ${failures} times in a row`
    const when = next === null ? 'now' : `at ${moment(next)}`
    const why = error === null ? '' : `${sentence(error)} `
    return {
      text: `${why}${often}; ${counted(lag, 'change')} behind; next attempt ${when}.`,
      bad: true,
    }
  }
  const text = lag === 0 ? 'Up to date.' : `${counted(lag, 'change')} behind.`
  return { text, bad: false }
}
