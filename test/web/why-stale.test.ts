import t from 'tap'
import type { Product } from '../../schemas/product.ts'
import { toTime } from '../../schemas/to-time.ts'
import { moment } from '../../web/format.ts'
import { whyStale } from '../../web/why-stale.ts'

const NOW = Date.UTC(2026, 10, 22, 8)
const SOON = toTime(NOW + 5_000)
const DUE = toTime(NOW - 5_000)
const DOWN = { fault: 'unavailable', message: 'The Offers service answered 500' } as const
const WAITING =
  'This product is waiting for its registration with the Offers service; its offers follow right after that.'

const registered = { status: 'registered', reason: null } as const
const pending = { status: 'pending', reason: null } as const
const fine = { next_at: SOON, failures: 0, fault: null, message: null, failed_at: null }

const CASES: [
  name: string,
  product: Pick<Product, 'registration' | 'refresh' | 'stale'>,
  words: string,
][] = [
  ['fresh', { registration: registered, refresh: fine, stale: false }, ''],
  [
    'failed once',
    { registration: registered, refresh: { ...fine, ...DOWN, failures: 1 }, stale: false },
    `The Offers service answered 500. Failed once; next attempt at ${moment(SOON)}.`,
  ],
  [
    'failing and due',
    {
      registration: registered,
      refresh: { ...fine, ...DOWN, failures: 1_200, next_at: DUE },
      stale: true,
    },
    'The Offers service answered 500. Failed 1,200 times in a row; next attempt as soon as its turn comes.',
  ],
  [
    'paused',
    {
      registration: registered,
      refresh: { ...fine, fault: 'paused', message: 'It asked for a pause!' },
      stale: true,
    },
    `It asked for a pause! The next attempt is at ${moment(SOON)}.`,
  ],
  [
    'of a fault without a sentence',
    {
      registration: registered,
      refresh: { ...fine, fault: 'malformed', failures: 2 },
      stale: true,
    },
    `malformed. Failed 2 times in a row; next attempt at ${moment(SOON)}.`,
  ],
  [
    'stale without a fault',
    { registration: registered, refresh: { ...fine, next_at: DUE }, stale: true },
    'This product was not checked in time. The next attempt is as soon as its turn comes.',
  ],
  ['pending', { registration: pending, refresh: fine, stale: true }, WAITING],
  [
    'pending and failing',
    { registration: pending, refresh: { ...fine, ...DOWN, failures: 3 }, stale: true },
    `${WAITING} The Offers service answered 500. Failed 3 times in a row; next attempt at ${moment(SOON)}.`,
  ],
  [
    'rejected',
    {
      registration: { status: 'rejected', reason: 'No such name' },
      refresh: { ...fine, next_at: null, failures: 1, fault: 'rejected', message: 'No such name' },
      stale: true,
    },
    'The Offers service rejected this product: No such name. Change the product to try again.',
  ],
  [
    'rejected for no reason',
    {
      registration: { status: 'rejected', reason: null },
      refresh: { ...fine, next_at: null, failures: 1, fault: 'rejected' },
      stale: true,
    },
    'The Offers service rejected this product: no reason was given. Change the product to try again.',
  ],
]
for (const [name, product, words] of CASES) {
  t.test(`the page says of a product that is ${name}: ${words || 'nothing'}`, async (t) => {
    t.equal(whyStale(product, NOW), words)
  })
}
