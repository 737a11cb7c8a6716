import t from 'tap'
import { changedFields, contentOf } from '../../schemas/product-fields.ts'

const content = {
  ...{ name: 'Mower', description: '', external_id: null },
  ...{ tags: ['garden'], metadata: { colour: 'green' } },
}

t.test('the content of a product is what clients write', async (t) => {
  t.strictSame(contentOf({ ...content, ...{ id: 'x', lowest_price: 5 } }), content)
})

t.test('the changed fields are those whose texts differ', async (t) => {
  t.strictSame(changedFields(content, { ...content, name: 'Saw', external_id: 'AB-1' }), [
    'name',
    'external_id',
  ])
})
