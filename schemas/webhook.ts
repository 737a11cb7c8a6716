import { type Static, Type } from '@sinclair/typebox'
import { ChangeType, Seq } from './change.ts'
import { pageCursor, pageLimit } from './paging.ts'
import { ProductId } from './product.ts'
import { Tag } from './tags.ts'
import { nullable, query, ref, time } from './types.ts'

/** The most characters that the URL of a webhook may have. */
const URL_MAX = 2_048

/** The most changes that a message may have. */
const BATCH_MAX = 1_000

const EXAMPLE_ID = '019aa9f0-5c00-7000-8000-000000000101'
const EXAMPLE_SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD8nXLHsMVZZU='

const Url = Type.String({
  minLength: 1,
  maxLength: URL_MAX,
  'x-text': 'text',
  description:
    'The http or https URL that messages are sent to. It must lead to a public address, unless the service is ' +
    'configured with `WEBHOOK_ALLOW_PRIVATE=true`.',
  examples: ['https://shop.example.com/hooks/prices'],
})

const Types = Type.Array(ChangeType, {
  uniqueItems: true,
  description: 'The types of changes to send; an empty list, the default, for all types',
  examples: [['offer.price_changed']],
})

const OnlyProduct = nullable({
  ...ProductId,
  description:
    'Only changes to this product and its offers; null, the default, for all products. It must exist when it is ' +
    'named; if it is deleted later, the webhook stays.',
})

const OnlyTag = nullable({
  ...Tag,
  description:
    'Only changes of products that had this tag before or after the change; null, the default, for any product. ' +
    'What comes later does not count, so that a message that is sent again stays the same.',
})

const BatchSize = Type.Integer({
  minimum: 1,
  maximum: BATCH_MAX,
  description:
    'The most changes in a message. With 1, the default, a message is one change, and its type is that of the ' +
    'change; otherwise its type is `changes`.',
  examples: [1],
})

const Enabled = Type.Boolean({ description: 'Whether changes are delivered', examples: [true] })

const writable = {
  url: Url,
  types: Types,
  product_id: OnlyProduct,
  tag: OnlyTag,
  batch_size: BatchSize,
}

/** A new webhook, as clients send it. */
export type NewWebhook = Static<typeof NewWebhook>
export const NewWebhook = Type.Object(
  {
    url: Url,
    types: Type.Optional(Types),
    product_id: Type.Optional(OnlyProduct),
    tag: Type.Optional(OnlyTag),
    batch_size: Type.Optional(BatchSize),
  },
  {
    $id: 'NewWebhook',
    additionalProperties: false,
    description: 'A webhook to create; it gets the changes from then on',
    examples: [{ url: 'https://shop.example.com/hooks/prices', types: ['offer.price_changed'] }],
  },
)

/** What to change of a webhook. */
export type WebhookPatch = Static<typeof WebhookPatch>
export const WebhookPatch = Type.Partial(Type.Object({ ...writable, enabled: Enabled }), {
  $id: 'WebhookPatch',
  additionalProperties: false,
  minProperties: 1,
  description: 'The fields to change; the others stay. The next attempt is made at once.',
  examples: [{ enabled: true }],
})

/** A webhook, as the API shows it. */
export type Webhook = Static<typeof Webhook>
export const Webhook = Type.Object(
  {
    id: Type.String({ format: 'uuid', description: 'The id', examples: [EXAMPLE_ID] }),
    ...writable,
    enabled: Enabled,
    created_at: time('When it was created'),
    cursor: Seq('The last change that was delivered, or that its filters leave out'),
    lag: Type.Integer({
      minimum: 0,
      description:
        'How many changes of the feed come after `cursor`, with those that its filters leave out',
      examples: [0],
    }),
    failures: Type.Integer({
      minimum: 0,
      description: 'How many attempts failed in a row',
      examples: [0],
    }),
    last_status: nullable(
      Type.Integer({
        description:
          'The HTTP status of the last attempt; null if there was no answer, or no attempt',
        examples: [204],
      }),
    ),
    last_error: nullable(
      Type.String({
        description:
          'Why the last attempt failed, or why the webhook was disabled; null after a success',
        examples: ['The receiver answered 500'],
      }),
    ),
    next_attempt_at: nullable(
      time('When the message that failed is sent again; null if no attempt has failed'),
    ),
  },
  { $id: 'Webhook', description: 'An endpoint that changes are delivered to' },
)

const Secret = Type.String({
  description:
    'The secret that messages are signed with. It is shown this once only; keep it where your receiver can read it.',
  examples: [EXAMPLE_SECRET],
})

/** The answer to the creation of a webhook. */
export type CreatedWebhook = Static<typeof CreatedWebhook>
export const CreatedWebhook = Type.Object(
  {
    ...Webhook.properties,
    secret: nullable({
      ...Secret,
      description: `${Secret.description} Null in the answer to a request that was sent before with the same \`Idempotency-Key\`.`,
    }),
  },
  { $id: 'CreatedWebhook', description: 'A new webhook, with its secret' },
)

/** The answer to a rotation. */
export type RotatedSecret = Static<typeof RotatedSecret>
export const RotatedSecret = Type.Object(
  {
    secret: Secret,
    previous_expires_at: time('Until when messages are signed with the previous secret too'),
  },
  { $id: 'RotatedSecret', description: 'The new secret of a webhook' },
)

/** A page of webhooks. */
export type WebhookList = Static<typeof WebhookList>
export const WebhookList = Type.Object(
  {
    items: Type.Array(ref(Webhook), { description: 'The webhooks, oldest first' }),
    next_cursor: nullable(
      Type.String({
        description: 'The `cursor` of the next page; null on the last one',
        examples: ['q83v'],
      }),
    ),
  },
  { $id: 'WebhookList', description: 'A page of webhooks' },
)

export const WebhookListQuery = query({
  limit: pageLimit,
  cursor: pageCursor('The `next_cursor` of the previous page'),
})

/** Where to deliver from again. */
export type Replay = Static<typeof Replay>
export const Replay = Type.Object(
  { after: Seq('Deliver all changes after this one, again if they were delivered before') },
  {
    $id: 'Replay',
    additionalProperties: false,
    description: 'A position in the change feed',
    examples: [{ after: 0 }],
  },
)

/** How a test message fared. */
export type WebhookTest = Static<typeof WebhookTest>
export const WebhookTest = Type.Object(
  {
    delivered: Type.Boolean({ description: 'Whether the receiver accepted it', examples: [true] }),
    status: nullable(
      Type.Integer({
        description: 'The HTTP status of its answer; null if there was none',
        examples: [204],
      }),
    ),
    error: nullable(
      Type.String({
        description: 'Why it was not delivered; null if it was',
        examples: ['The receiver answered 500'],
      }),
    ),
  },
  { $id: 'WebhookTest', description: 'The result of a test message' },
)

export const WebhookParams = Type.Object({
  id: Type.String({ format: 'uuid', description: 'The id of the webhook', examples: [EXAMPLE_ID] }),
})
