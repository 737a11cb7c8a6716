import { useEffect, useState } from 'preact/hooks'
import type { Product } from '../../schemas/product.ts'
import { price } from '../format.ts'
import { html } from '../html.ts'
import { serverTime } from '../server-time.ts'
import { type LastDay, lastDay } from './last-day.ts'
import { SPARKLINE, sparklinePath } from './sparkline-path.ts'

/** What the line shows, in words. */
function summary({ steps }: LastDay, present: number | null): string {
  const prices = [...steps.map(({ close }) => close), present].filter((one) => one !== null)
  if (prices.length === 0) return 'no price in the last day'
  return `last day from ${price(Math.min(...prices))} to ${price(Math.max(...prices))}`
}

/** How the lowest price of a product developed in the last day; read when it is first seen. */
export function Sparkline({ product, seen }: { product: Product; seen: boolean | undefined }) {
  const { id, lowest_price: present } = product
  const [day, setDay] = useState<LastDay>()
  useEffect(() => {
    const gone = new AbortController()
    if (seen) lastDay(product, gone.signal).then(setDay, () => {})
    return () => gone.abort()
  }, [id, seen, present])
  if (!day) return html`<svg class="sparkline" aria-hidden="true" />`
  const { width, height } = SPARKLINE
  return html`<svg class="sparkline" role="img" aria-label=${summary(day, present)}
      viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none">
    <path d=${sparklinePath(day, present, serverTime())} />
  </svg>`
}
