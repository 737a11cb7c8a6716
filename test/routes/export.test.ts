import t from 'tap'
import { toTime } from '../../schemas/to-time.ts'
import {
  between,
  exported,
  HEAD,
  iso,
  linesOf,
  ms,
  NOW,
  parse,
  type Row,
  SLOW,
  short,
  URL,
} from './exported.ts'
import { failed, isError, offer, type Poll, polled, startStill, UNKNOWN_ID } from './helper.ts'

/** One app for all that read what no other test changes: each has products of its own. */
const { app, add } = await startStill(t, NOW, SLOW)

const mowerPolls: Poll[] = [
  [ms('20T08:00'), offer('a', 100, 3)],
  [ms('21T20:00'), offer('a', 90, 3), offer('b', 80, 0)],
  [ms('22T02:00'), offer('b', 80, 5)],
  [ms('22T07:00'), offer('b', 80, 4)],
]
const mower = await add('Mower', mowerPolls)

t.test('as CSV, by default that of the last 24 hours', async (t) => {
  const response = await app.inject(`${URL}?product_id=${mower.id}`)
  t.equal(response.statusCode, 200)
  t.equal(response.headers['content-type'], 'text/csv; charset=utf-8; header=present')
  t.equal(response.headers['content-disposition'], 'attachment; filename="prices.csv"')
  t.equal(response.headers.etag, undefined)
  t.equal(
    response.body,
    [
      HEAD,
      `${mower.id},a,${iso('21T08:00')},in_force,100,3,`,
      `${mower.id},a,${iso('21T20:00')},changed,90,3,`,
      `${mower.id},b,${iso('21T20:00')},listed,80,0,`,
      `${mower.id},b,${iso('22T02:00')},changed,80,5,`,
      `${mower.id},a,${iso('22T02:00')},delisted,,,`,
      `${mower.id},b,${iso('22T07:00')},changed,80,4,`,
      '',
    ].join('\r\n'),
  )
})

t.test('as an object a line', async (t) => {
  const response = await app.inject(
    `${URL}?${between(mower.id, '22T00:00', '22T03:00')}&format=ndjson`,
  )
  t.equal(response.headers['content-type'], 'application/x-ndjson; charset=utf-8')
  t.equal(response.headers['content-disposition'], 'attachment; filename="prices.ndjson"')
  const record = { product_id: mower.id, until: null }
  t.strictSame(parse(response.body), [
    {
      ...record,
      offer_id: 'a',
      at: iso('22T00:00'),
      event: 'in_force',
      price: 90,
      items_in_stock: 3,
    },
    {
      ...record,
      offer_id: 'b',
      at: iso('22T00:00'),
      event: 'in_force',
      price: 80,
      items_in_stock: 0,
    },
    {
      ...record,
      offer_id: 'b',
      at: iso('22T02:00'),
      event: 'changed',
      price: 80,
      items_in_stock: 5,
    },
    {
      ...record,
      offer_id: 'a',
      at: iso('22T02:00'),
      event: 'delisted',
      price: null,
      items_in_stock: null,
    },
  ])
})

const windows: [what: string, from: string, to: string, rows: Row[]][] = [
  ['from before the first poll', '19T00:00', '21T00:00', [['listed', 'a', '20T08:00', 100, 3]]],
  [
    'from the moment of a change, which is in force then',
    '21T20:00',
    '22T01:00',
    [
      ['in_force', 'a', '21T20:00', 90, 3],
      ['in_force', 'b', '21T20:00', 80, 0],
    ],
  ],
  [
    'up to the moment of a change, which belongs to it',
    '22T06:00',
    '22T07:00',
    [
      ['in_force', 'b', '22T06:00', 80, 5],
      ['changed', 'b', '22T07:00', 80, 4],
    ],
  ],
  ['of no length', '22T06:00', '22T06:00', [['in_force', 'b', '22T06:00', 80, 5]]],
  ['before the first poll', '18T00:00', '19T00:00', []],
  ['in the future', '22T09:00', '22T10:00', []],
  ['up to a time in the future', '22T07:30', '23T00:00', [['in_force', 'b', '22T07:30', 80, 4]]],
]
for (const [what, from, to, rows] of windows) {
  t.test(`a window ${what}`, async (t) => {
    t.strictSame((await exported(app, between(mower.id, from, to))).map(short), rows)
  })
}

t.test('an answer without observations is the header line alone, or nothing', async (t) => {
  const { id } = await add('Never polled')
  t.equal((await app.inject(`${URL}?product_id=${id}`)).body, `${HEAD}\r\n`)
  const response = await app.inject(`${URL}?product_id=${id}&format=ndjson`)
  t.equal(response.statusCode, 200)
  t.equal(response.body, '')
})

t.test('gaps', async (t) => {
  const polls: Poll[] = [
    [ms('22T00:00'), offer('a', 10)],
    [ms('22T02:00'), offer('a', 10)],
    [ms('22T06:00'), offer('a', 11)],
  ]
  const { id, token } = await add('Flaky', polls.slice(0, 2))
  await app.store.settle([
    failed(token, ms('22T04:00')),
    failed(token, ms('22T05:00')),
    ...polls.slice(2).map((poll) => polled(token, poll)),
  ])
  const gaps: [what: string, from: string, to: string, gaps: Row[]][] = [
    ['are told', '21T08:00', '22T08:00', [['gap', null, '22T02:00', '22T06:00']]],
    ['end with the window', '22T01:00', '22T04:00', [['gap', null, '22T02:00', '22T04:00']]],
    ['begin with the window', '22T03:00', '22T08:00', [['gap', null, '22T03:00', '22T06:00']]],
    ['can fill the window', '22T03:00', '22T05:00', [['gap', null, '22T03:00', '22T05:00']]],
    ['are not where polls went well', '22T06:00', '22T08:00', []],
    ['are not before the first poll', '21T00:00', '21T20:00', []],
  ]
  for (const [what, from, to, expected] of gaps) {
    await t.test(what, async (t) => {
      const rows = (await exported(app, between(id, from, to))).map(short)
      t.strictSame(
        rows.filter(([event]) => event === 'gap'),
        expected,
      )
      t.strictSame(
        rows.slice(0, expected.length),
        expected,
        'they come before the prices of a product',
      )
    })
  }

  await t.test('are in CSV with their end', async (t) => {
    const { body } = await app.inject(`${URL}?product_id=${id}`)
    t.strictSame(linesOf(body, '\r\n').slice(0, 3), [
      HEAD,
      `${id},,${iso('22T02:00')},gap,,,${iso('22T06:00')}`,
      `${id},a,${iso('22T00:00')},listed,10,1,`,
    ])
  })
})

const cells: [offerId: string, cell: string][] = [
  ['plain', 'plain'],
  ['=1+1', "'=1+1"],
  ['+x', "'+x"],
  ['-5', "'-5"],
  ['@x', "'@x"],
  ['\tx', "'\tx"],
  ['\rx', '"\'\rx"'],
  ['"quoted"', '"""quoted"""'],
  ['with, comma', '"with, comma"'],
  ['two\nlines', '"two\nlines"'],
  ['=HYPERLINK("x",1)', '"\'=HYPERLINK(""x"",1)"'],
  ['a=b', 'a=b'],
  ['žluť 🛒', 'žluť 🛒'],
]
t.test('cells are safe for spreadsheets, and objects have what was observed', async (t) => {
  const { id } = await add('Odd', [[NOW, ...cells.map(([id], index) => offer(id, index))]])
  const { body } = await app.inject(`${URL}?product_id=${id}`)
  t.equal(
    body,
    [
      HEAD,
      ...cells.map(([, cell], index) => `${id},${cell},${toTime(NOW)},listed,${index},1,`),
      '',
    ].join('\r\n'),
  )
  t.strictSame(
    (await exported(app, `product_id=${id}`)).map(({ offer_id }) => offer_id),
    cells.map(([offerId]) => offerId),
  )
})

t.test('a product that is not there is not found', async (t) => {
  const { id } = await add('Gone', [[NOW, offer('a', 1)]])
  await app.store.deleteProduct(id)
  for (const product of [id, UNKNOWN_ID]) {
    for (const format of ['csv', 'ndjson']) {
      const response = await app.inject(`${URL}?product_id=${product}&format=${format}`)
      isError(t, response, 404, `There is no product ${product}`, 'PRODUCT_NOT_FOUND')
      t.equal(response.headers['content-disposition'], undefined)
    }
  }
})

t.test('the id of a product is the same in capitals', async (t) => {
  const rows = await exported(app, between(mower.id.toUpperCase(), '22T06:00', '22T06:00'))
  t.strictSame(
    rows.map(({ product_id }) => product_id),
    [mower.id],
  )
})

t.test('for HEAD no prices are read', async (t) => {
  const { app } = await startStill(t, NOW, SLOW)
  app.store.prices = () => {
    throw new Error('they are read')
  }
  const response = await app.inject({ method: 'HEAD', url: URL })
  t.equal(response.statusCode, 200)
  t.match(response.headers['content-type'], /^text\/csv/)
})
