import { sql } from '../../trimmed/drizzle.ts'
import type { RefreshRow } from '../encoding/product.ts'
import { named } from './prepared.ts'
import { REFRESH_STATE } from './refresh-state.ts'
import { products, refreshes } from './schema.ts'

/** The columns that a product of the API contains unchanged. */
const productColumns = {
  id: products.id,
  name: products.name,
  description: products.description,
  external_id: products.externalId,
  tags: products.tags,
  metadata: products.metadata,
  createdAt: products.createdAt,
  updatedAt: products.updatedAt,
  registration: products.registration,
  registrationReason: products.registrationReason,
  offersCount: refreshes.offersCount,
  lowestPrice: refreshes.lowestPrice,
  checkedAt: refreshes.checkedAt,
}

const state = <T>(name: keyof RefreshRow) => sql<T>`${sql.raw(REFRESH_STATE[name])}`.as(name)

/** The selection from which a product of the API is made. */
export const productFields = {
  ...named(productColumns),
  nextAt: state<RefreshRow['nextAt']>('nextAt'),
  failures: state<RefreshRow['failures']>('failures'),
  fault: state<RefreshRow['fault']>('fault'),
  message: state<RefreshRow['message']>('message'),
  failedAt: state<RefreshRow['failedAt']>('failedAt'),
}
