/**
 * What `migrate-to` copies from one engine to the other. Both engines keep these fields in columns of the same names;
 * where the tables differ, `transfer/layout.ts` of the engine says how. A test fails for each column of either engine
 * that is in none of these lists.
 */
import { WRITTEN_FIELDS } from '../../schemas/product-fields.ts'

/** What a field holds. Each engine has a type of its own for it; a flag is 0 or 1 here. */
export type Kind = 'number' | 'flag' | 'text' | 'bytes'

/** A kind of row. Rows are read in the order of `key`, page by page. */
interface RecordKind {
  key: readonly string[]
  fields: Readonly<Record<string, Kind>>
}

export type Value = number | string | Buffer | null
export type Row = Record<string, Value>

/** What clients write of a product. */
const written = Object.fromEntries(WRITTEN_FIELDS.map((field): [string, Kind] => [field, 'text']))

const RECORDS = {
  secrets: {
    key: ['name'],
    fields: { name: 'text', value: 'bytes' },
  },
  credentials: {
    key: ['key'],
    fields: { key: 'number', account: 'text', access_token: 'text', expires_at: 'number' },
  },
  idempotency_keys: {
    key: ['key'],
    fields: { key: 'text', request: 'text', at: 'number', result: 'text' },
  },
  webhooks: {
    key: ['key'],
    fields: {
      key: 'number',
      id: 'text',
      url: 'text',
      types: 'text',
      product_id: 'text',
      tag: 'text',
      batch_size: 'number',
      enabled: 'flag',
      created_at: 'number',
      version: 'number',
      secret: 'text',
      previous_secret: 'text',
      previous_until: 'number',
      cursor: 'number',
      pending: 'number',
      failures: 'number',
      failing_since: 'number',
      last_status: 'number',
      last_error: 'text',
      next_attempt_at: 'number',
    },
  },
  pauses: {
    key: ['key'],
    fields: { key: 'number', since: 'number', until: 'number' },
  },
  products: {
    key: ['key'],
    fields: {
      key: 'number',
      id: 'text',
      ...written,
      created_at: 'number',
      updated_at: 'number',
      version: 'number',
      registration: 'text',
      registration_reason: 'text',
      registration_failures: 'number',
      register_at: 'number',
      registered_at: 'number',
      registration_fault: 'text',
      registration_message: 'text',
      registration_failed_at: 'number',
    },
  },
  product_tags: {
    key: ['tag', 'product_key'],
    fields: { tag: 'text', product_key: 'number', since: 'number' },
  },
  polls: {
    key: ['product_key'],
    fields: {
      product_key: 'number',
      due_at: 'number',
      checked_at: 'number',
      failures: 'number',
      covered_since: 'number',
      failing_since: 'number',
      failed_at: 'number',
      rolled_until: 'number',
      answer: 'text',
      fault: 'text',
      message: 'text',
      offers_count: 'number',
      lowest_price: 'number',
      low_price: 'number',
      low_at: 'number',
      high_price: 'number',
      high_at: 'number',
      extremes_until: 'number',
      offers: 'text',
      internals: 'text',
    },
  },
  offers: {
    key: ['product_key', 'number'],
    fields: {
      product_key: 'number',
      number: 'number',
      id: 'text',
      first_seen_at: 'number',
      delisted_at: 'number',
      price: 'number',
      lowest_prior: 'number',
      past_prices: 'text',
    },
  },
  history: {
    key: ['product_key', 'since'],
    fields: { product_key: 'number', since: 'number', until: 'number', polls: 'bytes' },
  },
  rollups: {
    key: ['product_key', 'series', 'day'],
    fields: {
      product_key: 'number',
      series: 'number',
      day: 'number',
      hours: 'bytes',
      stocks: 'bytes',
    },
  },
  coverage: {
    key: ['product_key', 'since'],
    fields: { product_key: 'number', since: 'number', until: 'number', good: 'flag' },
  },
  alerts: {
    key: ['id'],
    fields: {
      id: 'text',
      name: 'text',
      product_key: 'number',
      tag: 'text',
      rule: 'text',
      enabled: 'flag',
      since: 'number',
      created_at: 'number',
      updated_at: 'number',
    },
  },
  alert_states: {
    key: ['alert_id', 'product_key'],
    fields: { alert_id: 'text', product_key: 'number', armed: 'flag', fired_at: 'number' },
  },
  alert_firings: {
    key: ['alert_id', 'at', 'product_key'],
    fields: {
      alert_id: 'text',
      at: 'number',
      product_key: 'number',
      price: 'number',
      previous_price: 'number',
      reference: 'number',
    },
  },
  changes: {
    key: ['seq'],
    fields: {
      seq: 'number',
      at: 'number',
      kind: 'number',
      product_key: 'number',
      offers: 'bytes',
      alert: 'text',
      tags: 'text',
    },
  },
  deleted_products: {
    key: ['key'],
    fields: { key: 'number', id: 'text', offers: 'text', seq: 'number' },
  },
} satisfies Record<string, RecordKind>

export type RecordName = keyof typeof RECORDS

/** The records in the order in which they are copied. */
export const RECORD_NAMES = Object.keys(RECORDS) as RecordName[]

const recordOf = (name: RecordName): RecordKind => RECORDS[name]

/** The fields by which the rows of a record are ordered. */
export const keyOf = (name: RecordName) => recordOf(name).key

/** The records of which a service leaves rows in a database in which it has no products. */
export const LEFT_BY_SERVICE: readonly RecordName[] = ['secrets', 'pauses']

/** The names and kinds of the fields of a record. */
export const fieldsOf = (name: RecordName): [field: string, kind: Kind][] =>
  Object.entries(recordOf(name).fields)
