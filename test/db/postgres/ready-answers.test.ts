/** Why this engine keeps no answers: an instance hears of the changes of another one too late. */
import t from 'tap'
import { postgresDatabase } from '../../postgres/database.ts'
import { ALL, differences, readyPage, readyProduct } from '../made-answers.ts'
import { instance } from './instances.ts'

t.test('what an instance changes is in the next answer of another one', async (t) => {
  const url = await postgresDatabase(t)
  const [one, other] = [await instance(t, url), await instance(t, url)]
  const { id } = await one.createProduct({ name: '0' })
  const nameIn = ({ body }: { body: string }) => /"name":"(\d+)"/.exec(body)?.[1]
  for (let n = 1; n <= 20; n++) {
    t.same(await differences(other, [id]), [])
    await one.updateProduct(id, { name: `${n}` })
    t.equal(nameIn(await readyProduct(other, id)), `${n}`)
    t.equal(nameIn(await readyPage(other, ALL)), `${n}`)
  }
  t.same(other.ready, { hits: 0, misses: 0, bytes: 0 })
})
