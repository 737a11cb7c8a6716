import type { Product } from '../../schemas/product.ts'
import { now } from '../clock.ts'
import { ago, count, moment } from '../format.ts'
import { html } from '../html.ts'
import { price } from '../price.ts'
import { firstOf } from '../quoted.ts'
import { productLink } from '../router.ts'
import { Tags } from '../tags.ts'
import { whyStale } from '../why-stale.ts'
import { Sparkline } from './sparkline.ts'
import { useSeen } from './use-seen.ts'

/** The most tags that a row shows: its product's page shows all. */
const MOST_TAGS = 4

/** How long ago the offers of a product were checked, or why they were not. */
function Freshness({ product }: { product: Product }) {
  const { registration, refresh, checked_at: checkedAt, stale } = product
  const why = whyStale(product, now.value)
  const failing = refresh.failures > 0
  if (registration.status === 'rejected') {
    return html`<span class="badge bad" title=${why}>rejected</span>`
  }
  if (checkedAt === null) {
    const state = registration.status === 'pending' ? 'not registered yet' : 'waiting for offers'
    return html`<span class=${failing ? 'badge bad' : 'badge'} title=${why}>${state}</span>`
  }
  const checked = html`<time datetime=${checkedAt} title=${moment(checkedAt)}>
    ${ago(checkedAt, now.value)}
  </time>`
  if (!stale) return checked
  return html`${checked} <span class="badge bad" title=${why}>stale</span>`
}

/** A product in the catalogue. */
export function Row({ product }: { product: Product }) {
  const { element, seen } = useSeen<HTMLLIElement>()
  const { id, name, description, tags, lowest_price: lowest, offers_count: offers } = product
  return html`<li ref=${element} class="row">
    <div class="what">
      <a href=${productLink(id)}>${name}</a>
      <span class="description">${firstOf(description, 200)}</span>
      <${Tags} tags=${tags} most=${MOST_TAGS} />
    </div>
    <div class="number price"><span class="label">Lowest price </span>
      ${lowest === null ? html`<span class="none">none in stock</span>` : price(lowest)}</div>
    <div class="number"><span class="label">Offers </span>${count(offers)}</div>
    <div class="day"><${Sparkline} product=${product} seen=${seen} /></div>
    <div class="fresh"><span class="label">Checked </span><${Freshness} product=${product} /></div>
  </li>`
}
