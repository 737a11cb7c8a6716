import type { ChangeType } from '../../schemas/change.ts'
import { normalTag, TAG_MAX } from '../../schemas/tag-rules.ts'
import { lengthFault } from '../../schemas/text-rules.ts'
import type { NewWebhook } from '../../schemas/webhook.ts'
import { wholeIn } from '../number-in.ts'

/** A webhook as typed. */
export interface TypedWebhook {
  url: string
  types: ChangeType[]
  /** What finds the product that it is about, or the name of the one that was chosen; empty for all. */
  product: string
  productId: string | null
  /** The tag of the products that it is about; empty for all. */
  tag: string
  size: string
}

/** What a new webhook begins as. */
export const NOTHING_TYPED: TypedWebhook = {
  ...{ url: '', types: [], product: '', productId: null, tag: '', size: '1' },
}

/** The fields that can be wrong. */
type WebhookField = 'url' | 'product' | 'tag' | 'size'

/** What is wrong, in the order of the fields. */
export function faultsOf(typed: TypedWebhook): Partial<Record<WebhookField, string>> {
  const { url, product, productId, tag, size } = typed
  const changes = wholeIn(size)
  const isUrl = /^\s*https?:\/\/\S+\s*$/.test(url)
  const isChosen = productId !== null || product.trim() === ''
  const faults: Record<WebhookField, string | undefined> = {
    url: isUrl ? undefined : 'Enter an http or https URL',
    product: isChosen ? undefined : 'Choose one of the products found, or leave this empty',
    tag: lengthFault(normalTag(tag), TAG_MAX, 'The tag'),
    size: changes && changes <= 1_000 ? undefined : 'Enter a number from 1 to 1,000',
  }
  return Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault))
}

/** The webhook that was typed. Its fields must be without faults. */
export const toWebhook = ({ url, types, productId, tag, size }: TypedWebhook): NewWebhook => ({
  ...{ url: url.trim(), types, product_id: productId },
  ...{ tag: normalTag(tag) || null, batch_size: Number(size) },
})
