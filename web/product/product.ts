import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { RequestFailed } from '../api.ts'
import { Failure } from '../failure.ts'
import { html } from '../html.ts'
import { go, link, route } from '../router.ts'
import { Soon } from '../soon.ts'
import { Title } from '../title.ts'
import { Heading } from './heading.ts'
import { drawn, NO_LINES, toggled, withFirst } from './lines.ts'
import { offerNames } from './offer-names.ts'
import { OffersTable } from './offers-table.ts'
import { Prices } from './prices.ts'
import { queryOf, type Range, rangeOf } from './range.ts'
import { type Overview, useOverview } from './use-overview.ts'
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
function Details({ overview: { product, offers } }: { overview: Overview }) {
  const { id } = product
  const range = rangeOf(route.value.query)
  const onRange = (range: Range) => go(link(`products/${id}`, queryOf(range)), { replace: true })
  const [chosen, setChosen] = useState(NO_LINES)
  const lines = withFirst(
    chosen,
    offers.items.map(({ id }) => id),
  )
  useEffect(() => setChosen(lines), [lines])

  const { data, error } = useTrends(product, range, drawn(lines), offers.items)
  const today = useToday(id, offers.items)
  const before = useRef<Trends>(undefined)
  if (data) before.current = data
  // The previous range stays until this one is loaded or has failed.
  const trends = data ?? (error ? undefined : before.current)

  const onSale = new Set(offers.items.map(({ id }) => id))
  const past = (trends?.lowest.offers ?? [])
    .filter(({ offer_id }) => !onSale.has(offer_id))
    .map(({ offer_id, last }) => ({ id: offer_id, last }))
  const ids = [...onSale, ...past.map(({ id }) => id), ...lines.slots.keys()]
  const names = useMemo(() => offerNames(ids), [ids.join()])

  return html`
    <${Prices} since=${product.created_at} range=${range} onRange=${onRange} trends=${trends} loading=${!data && !error}
      error=${error} lines=${lines} names=${names} />
    <${OffersTable} onSale=${offers.items} past=${past} today=${today} names=${names} lines=${lines}
      onToggle=${(offerId: string) => setChosen(toggled(lines, offerId))} />`
}

/** The product while it exists. Calls `onMissing` when it does not, with whether it existed before. */
function Present({ id, onMissing }: { id: string; onMissing: (wasThere: boolean) => void }) {
  const { data, error } = useOverview(id, () => onMissing(true))
  useEffect(() => {
    // 400 means that this is not even an id.
    if (error instanceof RequestFailed && [400, 404].includes(error.status))
      onMissing(Boolean(data))
  }, [error])
  return html`<main id="main" aria-busy=${!data}>
    ${error && !data && html`<div class="title"><${Title} text="Product" /></div>`}
    <${Failure} error=${error} />
    ${
      data &&
      html`<${Heading} product=${data.product} etag=${data.etag} />
        ${data.product.checked_at !== null && html`<${Soon}><${Details} overview=${data} /></${Soon}>`}`
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
