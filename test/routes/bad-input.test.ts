import t from 'tap'
import { startApp } from '../helper.ts'
import { bodyCases } from './bad-bodies.ts'
import { BATCH, type Case, UNKNOWN } from './bad-case.ts'
import { pathCases } from './bad-paths.ts'
import { badOfferIds, CURSOR, historyQueries, queries } from './bad-queries.ts'
import {
  API,
  createAll,
  isError,
  list,
  NO_UPSTREAM,
  PRODUCTS,
  type ProductList,
  UNKNOWN_ID,
} from './helper.ts'

/** All cases; `id` is a product's, `page` the first of several of a list by name. */
function casesOf(id: string, { next_cursor: cursor }: ProductList): Case[] {
  const product = `${PRODUCTS}/${id}`
  const forged = `${cursor?.slice(0, -1)}${cursor?.endsWith('0') ? '1' : '0'}`
  const otherwise = (query: string): Case => [
    `a cursor of another list, for ${query || 'the default order'}`,
    { url: `${PRODUCTS}?${query}&cursor=${cursor}` },
    400,
    CURSOR,
  ]
  return [
    ...bodyCases(product),
    ...pathCases,
    ...queries.map(
      ([query, message]): Case => [
        `the query ${query.slice(0, 30)}`,
        { url: `${PRODUCTS}?${query}` },
        400,
        message,
      ],
    ),
    ...(
      [
        ['POST', PRODUCTS, { name: 'a' }],
        ['POST', BATCH, { items: [{ name: 'a' }] }],
        ['GET', product, undefined],
        ['PATCH', product, { name: 'a' }],
        ['DELETE', product, undefined],
        ['GET', `${product}/offers`, undefined],
        ['GET', `${product}/trend`, undefined],
        ['GET', `${product}/offers/a/trend`, undefined],
        ['GET', `${product}/stats`, undefined],
        ['GET', '/api/v1/movers', undefined],
        ['GET', '/api/v1/export/prices', undefined],
        ['GET', '/api/v1/changes', undefined],
        ['GET', '/api/v1/changes/stream', undefined],
        ['GET', '/api/v1/status', undefined],
      ] as const
    ).map(
      ([method, url, payload]): Case => [
        `an unknown query parameter for ${method} ${url.replace(id, '{id}')}`,
        { method, url: `${url}?x=1`, payload },
        400,
        /^Unknown query parameter 'x': (there are no query parameters|the only query parameter is at|the query parameters are .+)$/,
      ],
    ),
    ...historyQueries(id).flatMap(([path, queries]) =>
      queries.map(
        ([query, message]): Case => [
          `${path.replace(id, '{id}')}?${query}`,
          { url: `${API}${path}?${query}` },
          400,
          message,
        ],
      ),
    ),
    ...['', 'x', '1e3', '-1', '0x10', '1, 2', '9007199254740992', '1.5'].map(
      (seq): Case => [
        `Last-Event-ID ${seq || 'without a value'}`,
        { url: `${API}/changes/stream`, headers: { 'last-event-id': seq } },
        400,
        /^The header last-event-id must /,
      ],
    ),
    ...badOfferIds.map(
      ([offerId, message]): Case => [
        `the trend of the offer ${offerId.slice(0, 20)}`,
        { url: `${product}/offers/${offerId}/trend` },
        400,
        message,
      ],
    ),
    [
      'the trend of an offer that was never seen',
      { url: `${product}/offers/a/trend` },
      404,
      `Product ${id} never had an offer "a"`,
    ],
    ...['stats', 'trend', 'offers/a/trend', 'offers?at=2026-11-22T08:00:00Z'].map(
      (path): Case => [
        `${path} of an unknown id`,
        { url: `${PRODUCTS}/${UNKNOWN_ID}/${path}` },
        404,
        UNKNOWN,
      ],
    ),
    [
      'an export of an unknown id',
      { url: `${API}/export/prices?product_id=${UNKNOWN_ID}` },
      404,
      UNKNOWN,
    ],

    ['a forged cursor', { url: `${PRODUCTS}?sort=name&cursor=${forged}` }, 400, CURSOR],
    [
      'a truncated cursor',
      { url: `${PRODUCTS}?sort=name&cursor=${cursor?.slice(0, -4)}` },
      400,
      CURSOR,
    ],
    otherwise(''),
    otherwise('sort=-name'),
    otherwise('sort=name&in_stock=true'),
    otherwise('sort=name&q=mower'),

    ...['"2-abc"', 'W/"1-abc"', '"abc"', '1', '', '"01", "2-"', '"1'].flatMap((tag): Case[] => {
      const message = `Product ${id} has changed since the version that If-Match names`
      const headers = { 'if-match': tag }
      return [
        [
          `PATCH with If-Match ${tag}`,
          { method: 'PATCH', url: product, headers, payload: { name: 'a' } },
          412,
          message,
        ],
        [`DELETE with If-Match ${tag}`, { method: 'DELETE', url: product, headers }, 412, message],
      ]
    }),
  ]
}

t.test('bad input is refused with a message that says what was wrong and where', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const [first] = await createAll(app, [{ name: 'Mower' }, { name: 'Saw' }, { name: 'Axe' }])
  const cases = casesOf(first?.id ?? '', await list(app, 'sort=name&limit=1'))
  t.ok(cases.length >= 60)
  for (const [what, request, status, message, allow] of cases) {
    await t.test(`${what} is a ${status}`, async (t) => {
      const response = await app.inject(request)
      isError(t, response, status, message)
      t.equal(response.headers.allow, allow)
    })
  }
  t.equal((await app.store.totals()).products, 3, 'and none of it changed anything')
})
