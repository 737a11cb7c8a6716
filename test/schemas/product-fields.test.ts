import t from 'tap'
import { contentOf } from '../../schemas/product-fields.ts'

const content = {
  ...{ name: 'Mower', description: '', external_id: null },
  ...{ tags: ['garden'], metadata: { colour: 'green' } },
}

t.test('the content of a product is what clients write', async (t) => {
  t.strictSame(contentOf({ ...content, ...{ id: 'x', lowest_price: 5 } }), content)
})
