import t from 'tap'
import { ByteLru } from '../../../db/sqlite/byte-lru.ts'

/** A cache of 100 bytes, and the values that left it. */
function cache() {
  const removed: number[] = []
  return { lru: new ByteLru<number>(100, (value) => removed.push(value)), removed }
}

t.test('the least recently used leave first', async (t) => {
  const { lru, removed } = cache()
  for (const value of [1, 2, 3, 4]) lru.set(`${value}`, value, 25)
  t.equal(lru.get('1'), 1)
  t.equal(lru.get('3'), 3)
  t.equal(lru.get('3'), 3)
  lru.set('5', 5, 50)
  t.same(removed, [2, 4])
  t.same(
    ['1', '2', '3', '4', '5'].map((name) => lru.get(name)),
    [1, undefined, 3, undefined, 5],
  )
  t.equal(lru.bytes, 100)
})

t.test('a value that is replaced counts once, as recently used', async (t) => {
  const { lru, removed } = cache()
  lru.set('a', 1, 40)
  lru.set('b', 2, 40)
  lru.set('a', 3, 50)
  t.equal(lru.bytes, 90)
  t.same(removed, [], 'it did not leave')
  lru.set('c', 4, 50)
  t.same(removed, [2])
  t.equal(lru.get('a'), 3)
})

t.test(
  'a value that is larger than the cache is not kept, and makes no other one leave',
  async (t) => {
    const { lru, removed } = cache()
    lru.set('a', 1, 50)
    lru.set('b', 2, 50)
    lru.set('b', 3, 101)
    t.same(removed, [3])
    t.equal(lru.get('b'), undefined)
    t.equal(lru.get('a'), 1)
    t.equal(lru.bytes, 50)
  },
)

t.test('values are deleted one by one or all together', async (t) => {
  const { lru, removed } = cache()
  for (const value of [1, 2, 3]) lru.set(`${value}`, value, 10)
  lru.delete('2')
  lru.delete('2')
  lru.delete('unknown')
  t.same(removed, [2])
  t.equal(lru.bytes, 20)
  lru.clear()
  t.equal(lru.get('1'), undefined)
  t.equal(lru.bytes, 0)
  for (const value of [4, 5, 6]) lru.set(`${value}`, value, 50)
  t.same(removed, [2, 4])
})
