import { type Static, type TProperties, Type } from '@sinclair/typebox'
import { AlertCondition } from './alert-condition.ts'
import { MOST_WATCHED } from './alert-rules.ts'
import { pageCursor, pageLimit } from './paging.ts'
import { ProductId } from './product.ts'
import { Tag } from './tags.ts'
import { Name } from './text.ts'
import { EARLY, nullable, query, ref, time } from './types.ts'

const AlertId = Type.String({
  format: 'uuid',
  description: 'The id of the alert, a UUIDv7',
  examples: ['019aa9f0-5c00-7000-8000-0000000000a1'],
})

/** Refused and described as the name of a product is, but for what the messages call it. */
const AlertName = { ...Name, 'x-text': 'alert-name', examples: ['Mower below 400'] }

const about = {
  product_id: nullable({ ...ProductId, description: 'The product that it watches; null for all' }),
  tag: nullable({ ...Tag, description: 'The tag whose products it watches; null for any product' }),
}

const settings = {
  rearm_percent: Type.Number({
    minimum: 0,
    maximum: 100,
    description:
      'The alert is armed again when its condition is false by this margin, in percent of the price at which it ' +
      'becomes true; 0 by default',
    examples: [2],
  }),
  cooldown_s: Type.Integer({
    minimum: 0,
    maximum: 31_536_000,
    description:
      'The alert fires for one product at most once in so many seconds; 0 by default. What becomes true in that ' +
      'time does not fire later.',
    examples: [3600],
  }),
  fire_if_true: Type.Boolean({
    description:
      'Whether the alert fires for what is true already when it is created, enabled or changed, or when a product ' +
      'gets its tag, and for the first price of a product that was never seen; false by default. It can be set where ' +
      `the alert watches at most ${MOST_WATCHED} products.`,
  }),
  enabled: Type.Boolean({ description: 'Whether it watches; true by default' }),
}

const page = (description: string) =>
  nullable(
    Type.String({
      description: `The \`cursor\` of the next page of ${description}; null on the last page`,
    }),
  )

/** An alert, as the API shows it. */
export type Alert = Static<typeof Alert>
export const Alert = Type.Object(
  {
    id: AlertId,
    name: Type.String({ description: 'The name, trimmed', examples: ['Mower below 400'] }),
    ...about,
    condition: ref(AlertCondition),
    ...settings,
    created_at: time('When the alert was created'),
    updated_at: time('When a client last changed the alert'),
    last_fired_at: nullable(time('When it last fired; null if never')),
  },
  { $id: 'Alert', description: 'A rule that fires when a price changes in a certain way' },
)

/** A page of the alerts. */
export type AlertList = Static<typeof AlertList>
export const AlertList = Type.Object(
  {
    items: Type.Array(ref(Alert), { description: 'The alerts, in the order of creation' }),
    next_cursor: page('alerts'),
  },
  { $id: 'AlertList', description: 'A page of the alerts' },
)

const omissible = <T extends TProperties>(properties: T) =>
  Type.Partial(Type.Object(properties)).properties

const EXAMPLE = {
  name: 'Anything below 400',
  condition: { type: 'price_below', price: 40000 },
}

/** What a client sends to create an alert. */
export type NewAlert = Static<typeof NewAlert>
export const NewAlert = Type.Object(
  { name: AlertName, ...omissible(about), condition: ref(AlertCondition), ...omissible(settings) },
  {
    $id: 'NewAlert',
    additionalProperties: false,
    description: 'An alert about one product, the products with a tag, or all products',
    examples: [EXAMPLE],
  },
)

/** What a client sends to change an alert. */
export type AlertPatch = Static<typeof AlertPatch>
export const AlertPatch = Type.Object(
  omissible({ name: AlertName, condition: ref(AlertCondition), ...settings }),
  {
    $id: 'AlertPatch',
    additionalProperties: false,
    minProperties: 1,
    description: 'The changes to an alert, at least one. What it watches stays the same products.',
    examples: [{ enabled: false }],
  },
)

/** What a client sends to see when an alert would have fired. */
export type AlertTrial = Static<typeof AlertTrial>
export const AlertTrial = Type.Object(
  {
    ...NewAlert.properties,
    name: Type.Optional(AlertName),
    from: Type.Optional(time('When it begins to watch; 30 days before `to` by default', EARLY)),
    to: Type.Optional(time('When it ends; now by default')),
  },
  {
    $id: 'AlertTrial',
    additionalProperties: false,
    description: 'An alert, and the time over which to try it',
    examples: [EXAMPLE],
  },
)

const price = (description: string) => nullable(Type.Integer({ description, examples: [39900] }))

/** A firing of an alert. */
export type AlertFiring = Static<typeof AlertFiring>
export const AlertFiring = Type.Object(
  {
    product_id: ProductId,
    at: time('When the poll saw it or, for `stale`, when it became true'),
    price: price('The lowest price in stock; null if nothing was in stock, and for `stale`'),
    previous_price: price('The price before; null if there was none'),
    reference: price('The price that the condition compared with; null if there was none'),
  },
  { $id: 'AlertFiring', description: 'What an alert saw when it fired' },
)

/** A page of firings. */
export type AlertFiringList = Static<typeof AlertFiringList>
export const AlertFiringList = Type.Object(
  {
    items: Type.Array(ref(AlertFiring), { description: 'The firings, the latest first' }),
    next_cursor: page('firings'),
  },
  { $id: 'AlertFiringList', description: 'A page of the firings of an alert' },
)

/** When an alert would have fired. */
export type AlertPreview = Static<typeof AlertPreview>
export const AlertPreview = Type.Object(
  {
    from: time('When it began to watch', EARLY),
    to: time('When it ended'),
    resolution: Type.Unsafe<'raw' | 'hour'>({
      type: 'string',
      enum: ['raw', 'hour'],
      description:
        '`raw`: every change is known, so these are the firings that the alert would have had. `hour`: of some of ' +
        'the time only summaries of hours are kept, and a firing in it is dated to the beginning of its hour',
      examples: ['raw'],
    }),
    products: Type.Integer({ description: 'How many products were looked at', examples: [1] }),
    is_complete: Type.Boolean({
      description: `Whether that was all of them; at most ${MOST_WATCHED} are, and at most 1,000 firings are given`,
    }),
    items: Type.Array(ref(AlertFiring), { description: 'The firings, the earliest first' }),
  },
  { $id: 'AlertPreview', description: 'The firings that an alert would have had' },
)

export const AlertParams = Type.Object({ id: AlertId })

export const AlertListQuery = query({
  limit: pageLimit,
  cursor: pageCursor('The `next_cursor` of the previous page'),
})
