import { sortKey } from '../../../search/sort-key.ts'
import type { Layout } from '../../transfer/layout.ts'
import { fieldsOf } from '../../transfer/records.ts'

const LISTED = ['offers', 'internals']

/** How `migrate-to` finds the records in the tables of this engine. */
export const LAYOUT: Layout = {
  parts: {
    products: [
      {
        table: 'products',
        fields: fieldsOf('products').map(([field]) => field),
        made: { name_key: ({ name }) => sortKey(String(name)) },
      },
    ],
    polls: [
      {
        table: 'refreshes',
        fields: fieldsOf('polls')
          .map(([field]) => field)
          .filter((field) => !LISTED.includes(field)),
      },
      // A product that never had an offer has no row.
      { table: 'listings', fields: ['product_key', ...LISTED], absent: '[]' },
    ],
  },
  derived: {
    totals: [
      'key',
      'products',
      'pending',
      'registered',
      'offers',
      'compacted_seq',
      'alerts_revision',
    ],
    search_state: ['key', 'folding', 'done_key'],
    products_fts: ['terms'],
    sqlite_sequence: ['name', 'seq'],
  },
  notCopied: {
    __drizzle_migrations: 'each engine has migrations of its own',
  },
}
