import { sortKey } from '../../../search/sort-key.ts'
import { EXTREMES_COLUMNS } from '../../encoding/extremes.ts'
import type { Layout } from '../../transfer/layout.ts'
import { fieldsOf, type Row } from '../../transfer/records.ts'
import { termVector } from '../terms.ts'

const LISTED = [
  ...['offers_count', 'lowest_price', 'offers', 'internals'],
  ...Object.values(EXTREMES_COLUMNS),
]

const termsOf = ({ name, description }: Row) =>
  termVector({ name: String(name), description: String(description) })

/** How `migrate-to` finds the records in the tables of this engine. */
export const LAYOUT: Layout = {
  parts: {
    products: [
      {
        table: 'products',
        fields: fieldsOf('products').map(([field]) => field),
        made: { name_key: ({ name }) => sortKey(String(name)), terms: termsOf },
      },
    ],
    polls: [
      {
        table: 'polls',
        fields: fieldsOf('polls')
          .map(([field]) => field)
          .filter((field) => !LISTED.includes(field)),
      },
      { table: 'listings', fields: ['product_key', ...LISTED] },
    ],
  },
  derived: {
    feed: [
      ...['key', 'seq', 'compacted_seq', 'created_at'],
      ...['products', 'pending', 'registered', 'offers'],
    ],
    search_state: ['key', 'folding', 'done_key'],
    alert_revision: ['key', 'revision'],
  },
  notCopied: {
    'credentials.reregister_at': 'a database in which registrations are being reopened is refused',
    'credentials.reregistered_key':
      'a database in which registrations are being reopened is refused',
    migrations: 'each engine has migrations of its own',
    'webhooks.owner': 'no instance works on a database that is copied',
    claims: 'no instance works on a database that is copied',
    instances: 'no instance works on a database that is copied',
    shards: 'instances share the shards when they start',
  },
}
