import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Product } from '../../schemas/product.ts'
import { FIELD_NAMES } from '../../schemas/product-fields.ts'
import { openAlertDialog } from '../alert/open.ts'
import { now } from '../clock.ts'
import type { Version } from '../conflict.ts'
import { ago, counted, moment } from '../format.ts'
import { html } from '../html.ts'
import { price } from '../price.ts'
import { askToDeleteProduct, askToEdit } from '../product-dialogs.ts'
import { LABELS } from '../product-fields.ts'
import { link, route } from '../router.ts'
import { Tags } from '../tags.ts'
import { Title } from '../title.ts'
import { whyStale } from '../why-stale.ts'
import { Fold } from './fold.ts'
import { rangeOf } from './range.ts'

/** The description with its line breaks. A long one is cut off until the user expands it. */
function Description({ text }: { text: string }) {
  const paragraph = useRef<HTMLParagraphElement>(null)
  const [open, setOpen] = useState(false)
  const [long, setLong] = useState(false)
  useLayoutEffect(() => {
    const { current } = paragraph
    if (!current) return
    const measure = () => setLong(current.scrollHeight > current.clientHeight + 1)
    const observer = new ResizeObserver(() => {
      if (current.classList.contains('clamped')) measure()
    })
    observer.observe(current)
    return () => observer.disconnect()
  }, [text])
  if (text === '') return null
  return html`<div class="about">
    <p ref=${paragraph} id="about" class=${open ? 'wrap' : 'wrap clamped'}>${text}</p>
    ${
      (long || open) &&
      html`<button type="button" class="plain" aria-expanded=${open} aria-controls="about"
        onClick=${() => setOpen(!open)}>${open ? 'Less' : 'More'}</button>`
    }
  </div>`
}

/** So many entries of the metadata are shown at once; more of them are folded. */
const MOST_SHOWN = 6

function Facts({ facts }: { facts: [name: string, text: string][] }) {
  if (facts.length === 0) return null
  return html`<dl class="facts">
    ${facts.map(([name, text]) => html`<div key=${name}><dt>${name}</dt><dd class="wrap">${text}</dd></div>`)}
  </dl>`
}

/** The other fields that clients write. */
function OtherFields({ product }: { product: Product }) {
  const facts = FIELD_NAMES.flatMap((name): [name: string, text: string][] => {
    const text = product[name]
    return text && name !== 'name' && name !== 'description' ? [[LABELS[name], text]] : []
  })
  const entries = Object.entries(product.metadata)
  const folds = entries.length > MOST_SHOWN
  return html`
    <${Facts} facts=${folds ? facts : [...facts, ...entries]} />
    ${
      folds &&
      html`<${Fold} summary=${`${LABELS.metadata} (${entries.length})`}
        content=${() => html`<${Facts} facts=${entries} />`} />`
    }`
}

/** Why the offers of the product are missing or stale, if they are. */
function Obstacle({ product }: { product: Product }) {
  const why = whyStale(product, now.value)
  if (!why) return null
  const bad = product.registration.status === 'rejected' || product.refresh.failures > 0
  return html`<p class=${bad ? 'notice bad wrap' : 'notice wrap'}>${why}</p>`
}

/** A summary of the offers at the last check; empty before the first check. */
function Standing({ product, atLow }: { product: Product; atLow: boolean }) {
  const { checked_at: checkedAt, stale, lowest_price: lowest, offers_count: offers } = product
  if (checkedAt === null) return null
  return html`<p class="standing">
    <span>Lowest price <strong class="lowest">${lowest === null ? 'none in stock' : price(lowest)}</strong></span>
    ${atLow && html`<span class="badge">at its 30-day low</span>`}
    <span>${counted(offers, 'offer')} on sale</span>
    <time datetime=${checkedAt} title=${moment(checkedAt)} class=${stale ? 'stale' : ''}>
      checked ${ago(checkedAt, now.value)}${stale && ' (stale: the offers may have changed since)'}
    </time>
  </p>`
}

/** The product and its current state, with the buttons to edit and delete it. */
export function Heading({ opened, atLow }: { opened: Version<Product>; atLow: boolean }) {
  const { data: product } = opened
  const { name, description, tags } = product
  const button = (label: string, ask: (opened: Version<Product>) => void) =>
    html`<button type="button" class="plain" onClick=${() => ask(opened)}>${label}</button>`
  const tellMe = () =>
    openAlertDialog({
      about: { product_id: product.id, tag: null },
      range: rangeOf(route.value.query),
    })
  return html`
    <div class="title product-title">
      <${Title} text=${name} />
      <div class="buttons">
        <button type="button" class="plain" onClick=${tellMe}>Tell me when…</button>
        <a class="button" href=${link('compare', { id: product.id })}>Compare</a>
        ${button('Edit', askToEdit)}${button('Delete', askToDeleteProduct)}
      </div>
    </div>
    <${Description} text=${description} />
    <${Tags} tags=${tags} />
    <${OtherFields} product=${product} />
    <${Obstacle} product=${product} />
    <${Standing} product=${product} atLow=${atLow} />`
}
