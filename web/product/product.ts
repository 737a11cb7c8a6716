import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { ProductStats } from '../../schemas/stats.ts'
import { RequestFailed } from '../api.ts'
import { Failure } from '../failure.ts'
import { html } from '../html.ts'
import { link } from '../router.ts'
import { Soon } from '../soon.ts'
import { Title } from '../title.ts'
import { isAt30DayLow } from './at-low.ts'
import { Heading } from './heading.ts'
import { drawn, toggled } from './lines.ts'
import { offerNames } from './offer-names.ts'
import { OffersTable } from './offers-table.ts'
import { Prices } from './prices.ts'
import type { Range } from './range.ts'
import { Statistics } from './statistics.ts'
import { type Overview, useOverview } from './use-overview.ts'
import { useShown } from './use-shown.ts'
import { useStats } from './use-stats.ts'
import { type Trends, useToday, useTrends } from './use-trends.ts'

/** The view of a product that does not exist. */
function Missing({ wasThere }: { wasThere: boolean }) {
  return html`<main id="main">
    <div class="title">
      <${Title} text=${wasThere ? 'This product was deleted' : 'There is no such product'} />
    </div>
    <p>${wasThere && 'Its offers and their price history were deleted with it. '}
      <a href=${link('')}>Go to the catalogue</a></p>
  </main>`
}

/** The price history and the offers of a product. */
function Details(props: { overview: Overview; stats: ProductStats | undefined }) {
  const { overview, stats } = props
  const { product, offers } = overview
  const { id } = product
  const onSaleIds = offers.items.map(({ id }) => id)
  const { range, lines, stock, show } = useShown(id, onSaleIds)
  const drawnNow = { product, range, drawnIds: drawn(lines), onSale: offers.items }
  const { data, error } = useTrends(drawnNow)
  const loading = !data && !error
  // Zooming in one go is one step.
  const onZoom = (from: number, to: number) =>
    show({ range: { name: 'custom', from, to } }, { isStep: !loading })
  const today = useToday(id, offers.items)
  const before = useRef<Trends>(undefined)
  if (data) before.current = data
  // The previous range stays until this one is loaded or has failed.
  const trends = data ?? (error ? undefined : before.current)

  const onSale = new Set(onSaleIds)
  const past = (trends?.lowest.offers ?? [])
    .filter(({ offer_id }) => !onSale.has(offer_id))
    .map(({ offer_id, last }) => ({ id: offer_id, last }))
  const ids = [...onSale, ...past.map(({ id }) => id), ...lines.slots.keys()]
  const names = useMemo(() => offerNames(ids), [ids.join()])

  return html`
    <${Prices} drawn=${drawnNow} onRange=${(range: Range) => show({ range })} onZoom=${onZoom}
      trends=${trends} loading=${loading} error=${error} lines=${lines} names=${names}
      showsStock=${stock} onStock=${(stock: boolean) => show({ stock })} />
    <${Soon}>
      ${stats && html`<${Statistics} stats=${stats} />`}
      <${OffersTable} onSale=${offers.items} past=${past} today=${today} names=${names} lines=${lines}
        onToggle=${(offerId: string) => show({ lines: toggled(lines, offerId) })} />
    </${Soon}>`
}

/** The product while it exists. Calls `onMissing` when it does not, with whether it existed before. */
function Present({ id, onMissing }: { id: string; onMissing: (wasThere: boolean) => void }) {
  const { data, error } = useOverview(id, () => onMissing(true))
  const stats = useStats(id, data?.product.lowest_price)
  // All at once: the badge and the table would move what is below them.
  const shown = stats.data || stats.error ? data : undefined
  useEffect(() => {
    // 400 means that this is not even an id.
    if (error instanceof RequestFailed && [400, 404].includes(error.status))
      onMissing(Boolean(data))
  }, [error])
  return html`<main id="main" aria-busy=${!shown && !error}>
    ${error && !data && html`<div class="title"><${Title} text="Product" /></div>`}
    <${Failure} error=${error ?? stats.error} />
    ${
      shown &&
      html`<${Heading} opened=${{ data: shown.product, etag: shown.etag }}
          atLow=${stats.data !== undefined && isAt30DayLow(stats.data, shown.product.lowest_price)} />
        ${
          shown.product.checked_at !== null &&
          html`<${Soon}><${Details} overview=${shown} stats=${stats.data} /></${Soon}>`
        }`
    }
  </main>`
}

/** A product, its offers and their price history. `path` holds its id. */
export function ProductView({ path: [id = ''] }: { path: string[] }) {
  const [missing, setMissing] = useState<{ wasThere: boolean }>()
  return missing
    ? html`<${Missing} ...${missing} />`
    : html`<${Present} id=${id} onMissing=${(wasThere: boolean) => setMissing({ wasThere })} />`
}
