import t from 'tap'
import type { Position } from '../../db/store.ts'
import { startApp } from '../helper.ts'
import { NO_UPSTREAM } from '../routes/helper.ts'

const places: Position[] = [
  { sortKey: null, key: 1 },
  { sortKey: 'sekacka', key: 2 },
  { sortKey: '', key: 3 },
  { sortKey: 'a"\\\u{1f6d2}\u2028', key: Number.MAX_SAFE_INTEGER },
  { sortKey: 0, key: 4 },
  { sortKey: 9_007_199_254_740_991, key: 5 },
]

t.test('cursors', async (t) => {
  const { cursors } = await startApp(t, NO_UPSTREAM)
  const fault = {
    statusCode: 400,
    message:
      'The query parameter cursor must be the next_cursor of a page with the same sort and filters',
  }

  for (const [index, place] of places.entries()) {
    await t.test(`a cursor leads back to the place that it was made for, ${index}`, async (t) => {
      const cursor = cursors.sign('list', place)
      t.match(cursor, /^[\w-]+$/, 'and needs no encoding in a URL')
      t.strictSame(cursors.verify('list', cursor), place)
    })
  }

  await t.test('the same place in the same list has the same cursor', async (t) => {
    const [place] = places
    if (place) t.equal(cursors.sign('list', place), cursors.sign('list', { ...place }))
  })

  const cursor = cursors.sign('list', { sortKey: 'a', key: 1 })
  const bytes = Buffer.from(cursor, 'base64url')
  const flip = (index: number) => {
    const copy = Buffer.from(bytes)
    copy[index] = (copy[index] ?? 0) ^ 1
    return copy.toString('base64url')
  }
  const bad: [what: string, scope: string, cursor: string][] = [
    ['of another list', 'list2', cursor],
    ['of a list whose name goes on', 'list\0', cursor],
    ['without a place', 'list', bytes.subarray(0, 16).toString('base64url')],
    ['without its end', 'list', bytes.subarray(0, -1).toString('base64url')],
    ['with more behind it', 'list', Buffer.concat([bytes, bytes]).toString('base64url')],
    ['with another MAC', 'list', flip(0)],
    ['with another place', 'list', flip(bytes.length - 2)],
    ['that is shorter than a MAC', 'list', 'abc'],
    ['that is empty', 'list', ''],
    ['that is no base64', 'list', '!?'],
  ]
  for (const [what, scope, text] of bad) {
    await t.test(`a cursor ${what} is refused`, async (t) => {
      t.throws(() => cursors.verify(scope, text), fault)
    })
  }
})

t.test('a cursor of another database is refused', async (t) => {
  const one = await startApp(t, NO_UPSTREAM)
  const other = await startApp(t, NO_UPSTREAM)
  const cursor = one.cursors.sign('list', { sortKey: null, key: 1 })
  t.throws(() => other.cursors.verify('list', cursor), {
    message: /must be the next_cursor of a page/,
  })
})
