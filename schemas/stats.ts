import { type Static, Type } from '@sinclair/typebox'
import { perWindow } from '../history/statistics.ts'
import { ProductId } from './product.ts'
import { Trend } from './trend.ts'
import { EARLY, nullable, ref, time } from './types.ts'

const price = (description: string, example: number) =>
  nullable(Type.Integer({ description, examples: [example] }))

const extreme = (description: string, example: number) =>
  nullable(
    Type.Object(
      {
        price: Type.Integer({ description: 'The price', examples: [example] }),
        at: time(
          'When the price was first in force. Of a history from before version 0.3 that is only kept by the ' +
            'hour: the beginning of that hour.',
          EARLY,
        ),
      },
      { description },
    ),
  )

/** The figures of a price over one window. */
export type WindowStats = Static<typeof WindowStats>
export const WindowStats = Type.Object(
  {
    low: price('The lowest price in the window', 39900),
    high: price('The highest price in the window', 45900),
    mean: Trend.properties.mean,
    first: price('The price when the window began, or else the first one in it', 44900),
    change_percent: Trend.properties.change.properties.percent,
    out_of_stock: nullable(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description:
          'The share of the observed time without an offer in stock; null if nothing was observed',
        examples: [0.04],
      }),
    ),
    coverage: Trend.properties.coverage,
  },
  {
    $id: 'WindowStats',
    description: 'The figures of a price over a window; prices are null if it had none',
  },
)

/** The statistics of a product's lowest price. */
export type ProductStats = Static<typeof ProductStats>
export const ProductStats = Type.Object(
  {
    product_id: ProductId,
    lowest_price: price(
      'The lowest price among the offers in stock now; null if there is none',
      41900,
    ),
    all_time: Type.Object(
      {
        low: extreme('The lowest price of all time; null before the first price', 38900),
        high: extreme('The highest price of all time; null before the first price', 49900),
      },
      { description: 'The extremes of the lowest price since the first poll' },
    ),
    windows: Type.Object(
      perWindow(() => ref(WindowStats)),
      { description: 'The figures of the windows of these lengths that end now' },
    ),
  },
  { $id: 'ProductStats', description: "The statistics of a product's lowest price" },
)
