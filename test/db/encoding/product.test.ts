import t from 'tap'
import {
  type ProductRow,
  toFreshness,
  toNewProduct,
  toProduct,
  toStoredProduct,
} from '../../../db/encoding/product.ts'

const CREATED = Date.UTC(2026, 0, 2)
const CHECKED = Date.UTC(2026, 0, 3)

const row: ProductRow = {
  id: 'p',
  name: 'Lamp',
  description: 'Bright',
  external_id: 'sku-1',
  tags: '["home"]',
  metadata: '{"watts":"9"}',
  createdAt: CREATED,
  updatedAt: CREATED + 1,
  registration: 'registered',
  registrationReason: null,
  nextAt: CHECKED + 60_000,
  failures: 2,
  fault: 'unavailable',
  message: 'no answer',
  failedAt: CHECKED + 1,
  offersCount: 3,
  lowestPrice: 7,
  checkedAt: CHECKED,
}

const fresh = { since: CHECKED - 1, until: CHECKED + 1 }

t.test('a product shows what is stored of it', async (t) => {
  t.strictSame(toProduct(row, fresh), {
    id: 'p',
    name: 'Lamp',
    description: 'Bright',
    external_id: 'sku-1',
    tags: ['home'],
    metadata: { watts: '9' },
    created_at: '2026-01-02T00:00:00.000Z',
    updated_at: '2026-01-02T00:00:00.001Z',
    registration: { status: 'registered', reason: null },
    refresh: {
      next_at: '2026-01-03T00:01:00.000Z',
      failures: 2,
      fault: 'unavailable',
      message: 'no answer',
      failed_at: '2026-01-03T00:00:00.001Z',
    },
    offers_count: 3,
    lowest_price: 7,
    checked_at: '2026-01-03T00:00:00.000Z',
    stale: false,
  })
})

t.test('a stored product has its version, too', async (t) => {
  t.strictSame(toStoredProduct({ ...row, version: 4 }, fresh), {
    ...toProduct(row, fresh),
    version: 4,
  })
})

t.test('a new product is pending, due and stale', async (t) => {
  const written = {
    ...{ name: 'Lamp', description: '', external_id: null },
    ...{ tags: '["home"]', metadata: '{"watts":"9"}' },
  }
  t.strictSame(
    toNewProduct({ id: 'p', ...written }, CREATED, CREATED + 1),
    toProduct(
      {
        id: 'p',
        ...written,
        createdAt: CREATED,
        updatedAt: CREATED,
        registration: 'pending',
        registrationReason: null,
        nextAt: CREATED + 1,
        failures: 0,
        fault: null,
        message: null,
        failedAt: null,
        offersCount: 0,
        lowestPrice: null,
        checkedAt: null,
      },
      fresh,
    ),
  )
})

const ages: [what: string, checkedAt: number | null, stale: boolean][] = [
  ['never checked', null, true],
  ['checked too long ago', fresh.since - 1, true],
  ['checked just in time', fresh.since, false],
  ['checked just now', fresh.until, false],
  ['checked in the future, before the clock was set back', fresh.until + 1, true],
]
for (const [what, checkedAt, stale] of ages) {
  t.test(`a product that was ${what} is ${stale ? 'stale' : 'fresh'}`, async (t) => {
    t.equal(toFreshness(checkedAt, fresh).stale, stale)
    t.equal(toProduct({ ...row, checkedAt }, fresh).stale, stale)
  })
}
