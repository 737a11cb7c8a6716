import { useEffect } from 'preact/hooks'
import type { Change } from '../../schemas/change.ts'
import type { ProductOffers } from '../../schemas/offer.ts'
import type { Product } from '../../schemas/product.ts'
import { call, read } from '../api.ts'
import { followChanges } from '../stream.ts'
import { throttled } from '../throttled.ts'
import { token } from '../token.ts'
import { usePolled } from '../use-polled.ts'

/** How often to read without a change: only the time of the last check differs then. */
const INTERVAL_MS = 10_000

/** How often a tab polls while another tab holds the stream of changes. */
const UNFOLLOWED_MS = 1_500

/** A product and its offers on sale. */
export interface Overview {
  product: Product
  /** The tag of the product. */
  etag: string
  offers: ProductOffers
}

/** A product with its offers, read again whenever the stream reports a change. Calls `onDeleted` on its deletion. */
export function useOverview(id: string, onDeleted: () => void) {
  const path = `/products/${encodeURIComponent(id)}`
  const polled = usePolled(
    async (signal): Promise<Overview> => {
      const [{ data: product, etag }, offers] = await Promise.all([
        call<Product>(path, { signal }),
        read<ProductOffers>(`${path}/offers`, signal),
      ])
      return { product, etag, offers }
    },
    INTERVAL_MS,
    [id, token.value],
  )
  useEffect(() => {
    const ended = new AbortController()
    const reload = throttled(polled.reload)
    const query = `product_id=${encodeURIComponent(id)}`
    const onChange = ({ type }: Change) => (type === 'product.deleted' ? onDeleted() : reload())
    let followed = false
    const onFollowing = (following: boolean) => {
      followed = following
    }
    void followChanges(query, { onChange, onAnew: reload, onFollowing }, ended.signal)
    const timer = setInterval(() => followed || document.hidden || reload(), UNFOLLOWED_MS)
    return () => {
      ended.abort()
      clearInterval(timer)
    }
  }, [id, token.value])
  return polled
}
