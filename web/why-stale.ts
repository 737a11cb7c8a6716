import type { Product } from '../schemas/product.ts'
import { count, moment } from './format.ts'

const sentence = (text: string) => (/[.!?…]$/.test(text) ? text : `${text}.`)

type Known = Pick<Product, 'registration' | 'refresh' | 'stale'>

/** How often the product failed, and when the next attempt is. */
function outlook({ failures, next_at: nextAt }: Product['refresh'], now: number): string {
  const often = failures === 1 ? 'Failed once' : `Failed ${count(failures)} times in a row`
  const isAhead = nextAt !== null && Date.parse(nextAt) > now
  const when = isAhead ? `at ${moment(nextAt)}` : 'as soon as its turn comes'
  return failures === 0 ? `The next attempt is ${when}.` : `${often}; next attempt ${when}.`
}

/** Why the offers of a product are missing or out of date, in words; empty if they are not. */
export function whyStale({ registration, refresh, stale }: Known, now: number): string {
  const { fault, message } = refresh
  if (registration.status === 'rejected') {
    const reason = sentence(registration.reason ?? 'no reason was given')
    return `The Offers service rejected this product: ${reason} Change the product to try again.`
  }
  const waiting =
    registration.status === 'pending'
      ? 'This product is waiting for its registration with the Offers service; its offers follow right after that.'
      : ''
  const failing = fault === null ? '' : `${sentence(message ?? fault)} ${outlook(refresh, now)}`
  const due =
    stale && !waiting && !failing
      ? `This product was not checked in time. ${outlook(refresh, now)}`
      : ''
  return [waiting, failing, due].filter(Boolean).join(' ')
}
