import { useEffect, useState } from 'preact/hooks'
import type { Product } from '../../schemas/product.ts'
import { html } from '../html.ts'
import { price } from '../price.ts'
import { serverTime } from '../server-time.ts'
import { type LastDay, lastDay } from './last-day.ts'
import { SPARKLINE, sparklinePath } from './sparkline-path.ts'

/** A description of the line for screen readers. */
function summary({ steps }: LastDay, current: number | null): string {
  const prices = [...steps.map(({ close }) => close), current].filter((one) => one !== null)
  if (prices.length === 0) return 'no price in the last day'
  return `last day from ${price(Math.min(...prices))} to ${price(Math.max(...prices))}`
}

/** How the lowest price of a product developed in the last day. It is read when it is first on the screen. */
export function Sparkline({ product, seen }: { product: Product; seen: boolean | undefined }) {
  const { id, lowest_price: current } = product
  const [day, setDay] = useState<LastDay>()
  useEffect(() => {
    const gone = new AbortController()
    if (seen) lastDay(product, gone.signal).then(setDay, () => {})
    return () => gone.abort()
  }, [id, seen, current])
  if (!day) return html`<svg class="sparkline" aria-hidden="true" />`
  const { width, height } = SPARKLINE
  return html`<svg class="sparkline" role="img" aria-label=${summary(day, current)}
      viewBox=${`0 0 ${width} ${height}`} preserveAspectRatio="none">
    <path d=${sparklinePath(day, current, serverTime())} />
  </svg>`
}
