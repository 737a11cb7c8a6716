import type { RegistrationStatus } from '../../../schemas/product.ts'
import type { OffersFault } from '../../../schemas/refresh-state.ts'
import { EXTREMES_COLUMNS, type ExtremesRow } from '../../encoding/extremes.ts'
import { type ListedOffer, type ListingRow, listedOffers } from '../../encoding/listing.ts'
import { statement } from '../connection.ts'

/** The chunk that the next poll of a product is added to. */
export interface LastChunk {
  since: number
  until: number
  size: number
}

/** The columns of `products` that outcomes change. */
export interface RegistrationState {
  registration: RegistrationStatus
  registrationReason: string | null
  registrationFailures: number
  registerAt: number | null
  registeredAt: number | null
  registrationFault: OffersFault | null
  registrationMessage: string | null
  registrationFailedAt: number | null
}

/** The row of `polls`, without its key. */
export interface PollState {
  dueAt: number | null
  checkedAt: number | null
  coveredSince: number | null
  failingSince: number | null
  failedAt: number | null
  rolledUntil: number | null
  failures: number
  answer: string | null
  fault: OffersFault | null
  message: string | null
}

/** The row of `listings`, without its key. */
export interface ListedState extends ListingRow, ExtremesRow {
  offersCount: number
  lowestPrice: number | null
}

/** The rows of a product. */
interface StateRow extends RegistrationState, PollState, ListedState {
  key: number
  version: number
  /** The last chunk of its history; null if there is none. */
  chunk: LastChunk | null
}

/** A product before outcomes are applied to it. */
export interface ProductState extends Omit<StateRow, keyof ListingRow> {
  onSale: readonly ListedOffer[]
}

export function productState({ offers, internals, ...row }: StateRow): ProductState {
  return { ...row, onSale: listedOffers({ offers, internals }) }
}

/** The names of columns, by the names of the fields that they are read into. */
type Columns<State> = { [Name in keyof State]: [column: string, type: string] }

export const REGISTRATION_COLUMNS: Columns<RegistrationState> = {
  registration: ['registration', 'text'],
  registrationReason: ['registration_reason', 'text'],
  registrationFailures: ['registration_failures', 'integer'],
  registerAt: ['register_at', 'bigint'],
  registeredAt: ['registered_at', 'bigint'],
  registrationFault: ['registration_fault', 'text'],
  registrationMessage: ['registration_message', 'text'],
  registrationFailedAt: ['registration_failed_at', 'bigint'],
}

export const POLL_COLUMNS: Columns<PollState> = {
  dueAt: ['due_at', 'bigint'],
  checkedAt: ['checked_at', 'bigint'],
  coveredSince: ['covered_since', 'bigint'],
  failingSince: ['failing_since', 'bigint'],
  failedAt: ['failed_at', 'bigint'],
  rolledUntil: ['rolled_until', 'bigint'],
  failures: ['failures', 'integer'],
  answer: ['answer', 'text'],
  fault: ['fault', 'text'],
  message: ['message', 'text'],
}

export const LISTED_COLUMNS: Columns<ListedState> = {
  offersCount: ['offers_count', 'integer'],
  lowestPrice: ['lowest_price', 'bigint'],
  offers: ['offers', 'text'],
  internals: ['internals', 'text'],
  lowPrice: [EXTREMES_COLUMNS.lowPrice, 'bigint'],
  lowAt: [EXTREMES_COLUMNS.lowAt, 'bigint'],
  highPrice: [EXTREMES_COLUMNS.highPrice, 'bigint'],
  highAt: [EXTREMES_COLUMNS.highAt, 'bigint'],
  extremesUntil: [EXTREMES_COLUMNS.extremesUntil, 'bigint'],
}

const COLUMNS = { ...REGISTRATION_COLUMNS, ...POLL_COLUMNS, ...LISTED_COLUMNS }

const selected = Object.entries(COLUMNS).map(([name, [column]]) => `${column} AS "${name}"`)

export const selectStates = statement<StateRow>(
  'settle-states',
  `SELECT key, version, ${selected}, to_json(chunk) AS chunk
   FROM products JOIN polls ON polls.product_key = key JOIN listings ON listings.product_key = key
     LEFT JOIN LATERAL (
       SELECT since, until, octet_length(polls) AS size FROM history
       WHERE product_key = key ORDER BY since DESC LIMIT 1) AS chunk ON true
   WHERE key = ANY($1::bigint[])`,
)
