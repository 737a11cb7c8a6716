import { useEffect } from 'preact/hooks'
import type { Change } from '../../schemas/change.ts'
import type { ProductOffers } from '../../schemas/offer.ts'
import type { Product } from '../../schemas/product.ts'
import { call, read } from '../api.ts'
import { followChanges } from '../stream.ts'
import { token } from '../token.ts'
import { usePolled } from '../use-polled.ts'

/** Without a change only the time of the last check moves on. */
const INTERVAL_MS = 10_000

/** A poll of the service changes many offers at once; they are to be read together. */
const TOGETHER_MS = 150

/** As often as this a tab looks for changes while another one holds the stream that tells of them. */
const UNFOLLOWED_MS = 1_500

/** However many changes come, no more often than this is all read anew. */
const AT_LEAST_MS = 1_000

/** A product and its offers on sale. */
export interface Overview {
  product: Product
  /** The tag of the product. */
  etag: string
  offers: ProductOffers
}

/** Runs something soon after it is asked for, once for all that ask until then. */
function gathered(run: () => void): () => void {
  let asked = false
  let last = Number.NEGATIVE_INFINITY
  return () => {
    if (asked) return
    asked = true
    const wait = Math.max(TOGETHER_MS, last + AT_LEAST_MS - performance.now())
    setTimeout(() => {
      asked = false
      last = performance.now()
      run()
    }, wait)
  }
}

/**
 * A product with its offers. The stream of changes tells when to read them anew, the API what they are;
 * and `onDeleted` hears when the product is no more.
 */
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
    const reload = gathered(polled.reload)
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
