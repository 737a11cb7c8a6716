import t from 'tap'
import { faultsOf, NOTHING_TYPED, toWebhook } from '../../web/webhook/typed.ts'

const TYPED = { ...NOTHING_TYPED, url: ' https://shop.example.com/hooks ' }
const ID = '019aa9f0-5c00-7000-8000-000000000001'

const FAULTS: [change: Partial<typeof TYPED>, faults: object][] = [
  [{}, {}],
  [{ url: 'shop.example.com' }, { url: 'Enter an http or https URL' }],
  [{ product: 'saw' }, { product: 'Choose one of the products found, or leave this empty' }],
  [{ product: 'Saw', productId: ID }, {}],
  [{ product: ' ' }, {}],
  [{ tag: 'x'.repeat(65) }, { tag: 'The tag has 65 characters; at most 64 are allowed' }],
  [{ tag: ` ${'x'.repeat(64)} ` }, {}],
  [{ size: '0' }, { size: 'Enter a number from 1 to 1,000' }],
  [{ size: '1001' }, { size: 'Enter a number from 1 to 1,000' }],
  [{ size: 'many' }, { size: 'Enter a number from 1 to 1,000' }],
  [{ size: ' 1000 ' }, {}],
]
for (const [change, faults] of FAULTS) {
  t.test(`the faults of a webhook with ${JSON.stringify(change)}`, async (t) => {
    t.strictSame(faultsOf({ ...TYPED, ...change }), faults)
  })
}

t.test('the fields of a webhook are checked in their order', async (t) => {
  const bad = { ...TYPED, url: '', product: 'x', tag: 'x'.repeat(65), size: '' }
  t.strictSame(Object.keys(faultsOf(bad)), ['url', 'product', 'tag', 'size'])
})

t.test('a webhook as it was typed', async (t) => {
  const url = 'https://shop.example.com/hooks'
  t.strictSame(toWebhook(TYPED), { url, types: [], product_id: null, tag: null, batch_size: 1 })
  const about = { product: 'Saw', productId: ID, tag: ' z\u030c ', size: ' 50 ' }
  t.match(toWebhook({ ...TYPED, ...about }), { product_id: ID, tag: '\u017e', batch_size: 50 })
})
