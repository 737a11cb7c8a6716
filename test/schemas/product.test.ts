import t from 'tap'
import { type ProductPatch, trimmed } from '../../schemas/product.ts'

t.test('a name is trimmed, and nothing else is changed', async (t) => {
  const blanks = ' \t\r\n\u00a0\u2003\u3000\ufeff\u2028'
  t.strictSame(trimmed({ name: `${blanks}a b${blanks}`, description: ' d ' }), {
    name: 'a b',
    description: ' d ',
  })
})

t.test('an input without a name stays as it is', async (t) => {
  const patch: ProductPatch = { description: ' d ' }
  t.strictSame(trimmed(patch), { description: ' d ' })
})
