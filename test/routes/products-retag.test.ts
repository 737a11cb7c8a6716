import t from 'tap'
import type { BatchResult } from '../../schemas/batch.ts'
import type { Product } from '../../schemas/product.ts'
import { startApp } from '../helper.ts'
import { BATCH } from './bad-case.ts'
import { create, holdStill, isError, NO_UPSTREAM, PRODUCTS, read } from './helper.ts'

const app = await startApp(t, NO_UPSTREAM)
holdStill(app)

const patch = (id: string, payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'PATCH', url: `${PRODUCTS}/${id}`, payload, headers })

async function update(items: object[]): Promise<BatchResult['items']> {
  const answer = await app.inject({ method: 'POST', url: `${BATCH}/update`, payload: { items } })
  return answer.json<BatchResult>().items
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `tag ${n}`)

t.test('a change adds and removes tags, normalised as tags are', async (t) => {
  const { id } = await create(app, { name: 'a', tags: ['x', 'z\u030c', 'y'] })
  const changed = await patch(id, {
    add_tags: [' n ', 'e\u0301'],
    remove_tags: ['\u017e\n', 'none'],
  })
  t.equal(changed.statusCode, 200)
  const tags = ['x', 'y', 'n', '\u00e9']
  t.strictSame(changed.json<Product>().tags, tags)
  t.strictSame((await read(app, id)).tags, tags)
})

t.test('a change of tags without effect keeps the ETag and tells nobody', async (t) => {
  const { id } = await create(app, { name: 'a', tags: ['x'] })
  const { etag } = (await app.inject(`${PRODUCTS}/${id}`)).headers
  const { lastSeq } = app.store
  for (const payload of [{ add_tags: ['x '] }, { remove_tags: ['y'] }, { add_tags: [] }]) {
    const same = await patch(id, payload)
    t.strictSame([same.statusCode, same.headers.etag], [200, etag])
  }
  t.equal(app.store.lastSeq, lastSeq)
})

t.test('with If-Match, tags are changed only in the version it names', async (t) => {
  const { id } = await create(app, { name: 'a' })
  const { etag } = (await app.inject(`${PRODUCTS}/${id}`)).headers
  const headers = { 'if-match': String(etag) }
  t.equal((await patch(id, { add_tags: ['x'] }, headers)).statusCode, 200)
  t.equal((await patch(id, { add_tags: ['y'] }, headers)).statusCode, 412)
  t.strictSame((await read(app, id)).tags, ['x'])
})

t.test('of many tags that are added at once, none is lost', async (t) => {
  const { id } = await create(app, { name: 'a' })
  const all = numbered(20)
  const answers = await Promise.all(
    all.map((tag, n) =>
      n % 2 === 0 ? patch(id, { add_tags: [tag] }) : update([{ id, add_tags: [tag] }]),
    ),
  )
  t.equal(answers.length, 20)
  t.strictSame((await read(app, id)).tags.toSorted(), all.toSorted())
})

t.test('many products are tagged at once, and refusals do not prevent the others', async (t) => {
  const one = await create(app, { name: 'one', tags: ['a'] })
  const full = await create(app, { name: 'full', tags: numbered(32) })
  const results = await update([
    { id: one.id, add_tags: [' sale '] },
    { id: full.id, name: 'new', add_tags: ['sale'] },
    { id: one.id, tags: [], remove_tags: ['a'] },
    { id: one.id, add_tags: ['b'], remove_tags: ['b'] },
    { id: one.id, add_tags: ['b', 'b '] },
    { id: one.id, remove_tags: ['a'] },
  ])
  t.match(results, [
    { status: 'updated', product: { tags: ['a', 'sale'] } },
    {
      error: {
        statusCode: 400,
        error: 'Bad Request',
        code: 'TOO_MANY_TAGS',
        message: `Product ${full.id} would have 33 tags; at most 32 are allowed. Add fewer, or remove some in the same change`,
      },
    },
    { error: { statusCode: 400, message: /^The item has both "tags" and "remove_tags": / } },
    { error: { statusCode: 400, message: /^The item has the tag "b" in both / } },
    { error: { message: 'The add_tags must differ from each other: "b" is there twice' } },
    { status: 'updated', product: { tags: ['sale'] } },
  ])
  t.strictSame(await read(app, full.id), full)
})

t.test('a product that would have too many tags is refused and left unchanged', async (t) => {
  const full = await create(app, { name: 'full', tags: numbered(32) })
  const refused = await patch(full.id, { name: 'new', add_tags: ['a', 'b', 'tag 1'] })
  isError(t, refused, 400, /would have 34 tags; at most 32 are allowed/, 'TOO_MANY_TAGS')
  t.strictSame(await read(app, full.id), full)
  t.equal((await patch(full.id, { add_tags: ['a'], remove_tags: ['tag 0'] })).statusCode, 200)
})

const REFUSED: [payload: object, message: string | RegExp][] = [
  [
    { tags: ['a'], add_tags: ['b'] },
    'The body has both "tags" and "add_tags": send either all tags of the product, or those to add and to remove',
  ],
  [{ tags: ['a'], remove_tags: ['b'] }, /^The body has both "tags" and "remove_tags": /],
  [
    { add_tags: ['a', 'b '], remove_tags: ['b'] },
    'The body has the tag "b" in both "add_tags" and "remove_tags": send it in one of them',
  ],
  [{ add_tags: 'a' }, 'The add_tags must be a list'],
  [{ add_tags: null }, 'The add_tags must be a list'],
  [{ remove_tags: [5] }, '"remove_tags[0]" must be text'],
  [{ add_tags: [5], tags: ['a'] }, '"add_tags[0]" must be text'],
  [{ remove_tags: [' '] }, '"remove_tags[0]" must have at least one visible character'],
  [{ add_tags: ['a'.repeat(65)] }, '"add_tags[0]" has 65 characters; at most 64 are allowed'],
  [{ add_tags: numbered(33) }, 'The add_tags must have at most 32 entries'],
  [
    { remove_tags: ['a', 'a\t'] },
    'The remove_tags must differ from each other: "a" is there twice',
  ],
]
for (const [payload, message] of REFUSED) {
  t.test(`a change is refused: ${JSON.stringify(payload).slice(0, 60)}`, async (t) => {
    const product = await create(app, { name: 'a' })
    isError(t, await patch(product.id, payload), 400, message)
    t.strictSame(await read(app, product.id), product)
  })
}

t.test('only a change adds and removes tags', async (t) => {
  const payload = { name: 'a', add_tags: ['x'] }
  const url = `${PRODUCTS}/by-external-id/retag`
  for (const answer of [
    await app.inject({ method: 'POST', url: PRODUCTS, payload }),
    await app.inject({ method: 'PUT', url, payload }),
  ]) {
    isError(t, answer, 400, /unknown property 'add_tags'/)
  }
})
