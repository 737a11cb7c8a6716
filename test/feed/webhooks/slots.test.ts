import t from 'tap'
import { Slots } from '../../../feed/webhooks/slots.ts'

/** Begins work that ends when it is told to, and lists what has begun. */
function workOf(slots: Slots) {
  const begun: string[] = []
  const begin = (name: string, isDoubtful = false, owner = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const result = slots.use(owner, isDoubtful, async () => {
      begun.push(name)
      await promise
      return name
    })
    return { result, end: resolve, fail: reject }
  }
  return { begin, begun }
}

t.test(
  'no more work is under way than there are slots, and the others wait in order',
  async (t) => {
    const { begin, begun } = workOf(new Slots(2))
    const [a, b, c, d] = [begin('a'), begin('b'), begin('c'), begin('d')]
    t.same(begun, ['a', 'b'])
    b.end()
    t.equal(await b.result, 'b')
    t.same(begun, ['a', 'b', 'c'])
    for (const { end } of [a, c, d]) end()
    t.same(await Promise.all([a.result, c.result, d.result]), ['a', 'c', 'd'])
    t.same(begun, ['a', 'b', 'c', 'd'])
  },
)

t.test('doubtful work gets half of the slots, and is passed by work that is not', async (t) => {
  const { begin, begun } = workOf(new Slots(4))
  const [a, b, c] = [begin('a', true), begin('b', true), begin('c', true)]
  const d = begin('d')
  t.same(begun, ['a', 'b', 'd'])
  d.end()
  await d.result
  t.same(begun, ['a', 'b', 'd'], 'a slot that is free is not for more of them')
  a.end()
  await a.result
  t.same(begun, ['a', 'b', 'd', 'c'])
  for (const { end } of [b, c]) end()
  await Promise.all([b.result, c.result])
})

t.test('where there is one slot, doubtful work can have it', async (t) => {
  const { begin, begun } = workOf(new Slots(1))
  const a = begin('a', true)
  const b = begin('b')
  t.same(begun, ['a'])
  a.end()
  b.end()
  t.equal(await b.result, 'b')
})

t.test('work that fails leaves its slot', async (t) => {
  const { begin, begun } = workOf(new Slots(1))
  const [a, b] = [begin('a'), begin('b')]
  a.fail(new Error('broken'))
  await t.rejects(a.result, { message: 'broken' })
  t.same(begun, ['a', 'b'])
  b.end()
  await b.result
})

t.test('work whose owner is dismissed waits no longer, and goes on if it has begun', async (t) => {
  const slots = new Slots(1)
  const { begin, begun } = workOf(slots)
  const [owner, other] = [{}, {}]
  const [a, b, c] = [begin('a', false, owner), begin('b', true, owner), begin('c', false, other)]
  slots.dismiss(owner)
  t.equal(await b.result, undefined)
  a.end()
  t.equal(await a.result, 'a')
  c.end()
  t.equal(await c.result, 'c')
  t.same(begun, ['a', 'c'])
})

t.test(
  'a slot that is left goes to the one that waits, not to one that comes at that moment',
  async (t) => {
    const { begin, begun } = workOf(new Slots(1))
    const [a, b] = [begin('a'), begin('b')]
    let c: ReturnType<typeof begin> | undefined
    const later = a.result.then(() => {
      c = begin('c')
    })
    a.end()
    await later
    t.same(begun, ['a', 'b'])
    b.end()
    await b.result
    t.same(begun, ['a', 'b', 'c'])
    c?.end()
    await c?.result
  },
)
