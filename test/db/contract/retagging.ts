import type { ChangeResult } from '../../../db/store.ts'
import type { ContractTests } from '../fixture.ts'

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `tag ${n}`)

const told = (results: ChangeResult[]) =>
  results.map((result) => (result.status === 'refused' ? result.error.code : result.product.tags))

/** What `db/store.ts` promises of tags that are added and removed, as tests for an engine. */
export function retaggingContract({ test }: ContractTests): void {
  test('tags are added to those of a product, and removed from them', async (t, { store }) => {
    const labels = { description: 'd', tags: ['a', 'b'], metadata: { k: 'v' } }
    const { id } = await store.createProduct({ name: 'p', ...labels })
    const added = await store.updateProduct(id, { add_tags: ['c', 'a'] })
    t.match(added, { ...labels, tags: ['a', 'b', 'c'], version: 2 })
    const both = await store.updateProduct(id, { remove_tags: ['a', 'c'], add_tags: ['d'] })
    t.strictSame([both.tags, both.version], [['b', 'd'], 3])
    const renamed = await store.updateProduct(id, { name: 'q', remove_tags: ['d'] })
    t.match(renamed, { name: 'q', tags: ['b'], version: 4 })
    t.strictSame(await store.product(id), renamed)
    const find = async (tag: string) =>
      (await store.products({ sort: 'name', words: [], tags: [tag], limit: 9 })).items.length
    t.strictSame([await find('b'), await find('c'), await find('d')], [1, 0, 0])
  })

  test('to add a tag that is there, and remove one that is not, changes nothing', async (t, f) => {
    const { store, time } = f
    const before = await store.createProduct({ name: 'p', tags: ['a', 'b'] })
    const { lastSeq } = store
    time.now += 1000
    for (const patch of [
      { add_tags: ['b', 'a'] },
      { remove_tags: ['c'] },
      { add_tags: ['a'], remove_tags: ['c'] },
      { add_tags: [], remove_tags: [] },
    ]) {
      t.strictSame(await store.updateProduct(before.id, patch), before, JSON.stringify(patch))
    }
    t.equal(store.lastSeq, lastSeq)
  })

  test('a product that would have more than 32 tags is not changed at all', async (t, {
    store,
  }) => {
    const full = numbered(32)
    const before = await store.createProduct({ name: 'p', tags: full })
    const other = await store.createProduct({ name: 'q', tags: ['a'] })
    const { lastSeq } = store
    const { id } = before
    const message = `Product ${id} would have 34 tags; at most 32 are allowed. Add fewer, or remove some in the same change`
    const patch = { name: 'new', add_tags: ['x', 'y'] }
    await t.rejects(store.updateProduct(id, patch), { code: 'TOO_MANY_TAGS', message })
    t.strictSame(await store.product(id), before)
    t.equal(store.lastSeq, lastSeq)
    const results = await store.updateProducts([
      { id, patch },
      { id: other.id, patch },
      { id, patch: { add_tags: ['x'], remove_tags: ['tag 0'] } },
      { id, patch: { add_tags: ['y', 'tag 1'] } },
    ])
    t.match(results[0], { error: { message } })
    t.strictSame(told(results), [
      'TOO_MANY_TAGS',
      ['a', 'x', 'y'],
      [...full.slice(1), 'x'],
      'TOO_MANY_TAGS',
    ])
    t.match(await store.product(id), { name: 'p', version: 2 })
  })

  test('changes of the same tags in one batch build on each other', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'p', tags: ['a'] })
    const results = await store.updateProducts([
      { id, patch: { add_tags: ['b'] } },
      { id, patch: { tags: ['c'] } },
      { id, patch: { add_tags: ['d'], remove_tags: ['b'] } },
    ])
    t.strictSame(told(results), [['a', 'b'], ['c'], ['c', 'd']])
  })

  test('of tags that are added and removed at once, none is lost', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'p', tags: numbered(12) })
    const changes = numbered(12).map((tag, n) => {
      const patch = { add_tags: [`new ${n}`], remove_tags: [tag] }
      return n % 3 === 0 ? store.updateProducts([{ id, patch }]) : store.updateProduct(id, patch)
    })
    await Promise.all(changes)
    const { tags, version } = await store.product(id)
    t.strictSame(
      tags.toSorted(),
      numbered(12)
        .map((_, n) => `new ${n}`)
        .toSorted(),
    )
    t.equal(version, 13)
  })

  test('a version that a product no longer has keeps its tags', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'p' })
    await store.updateProduct(id, { add_tags: ['a'] }, [1])
    const late = store.updateProduct(id, { add_tags: ['b'] }, [1])
    await t.rejects(late, { code: 'VERSION_MISMATCH' })
    t.strictSame((await store.product(id)).tags, ['a'])
  })

  test('the feed tells the tags before and after one was added', async (t, { store }) => {
    const { id } = await store.createProduct({ name: 'p', tags: ['a'] })
    const { lastSeq } = store
    await store.updateProduct(id, { add_tags: ['b'], remove_tags: ['a'] })
    const { items, tags } = await store.changes({ after: lastSeq, limit: 9, withTags: true })
    t.match(items, [{ type: 'product.updated', product_id: id }])
    t.strictSame(new Set(tags?.[0]), new Set(['a', 'b']))
  })
}
