import { EXAMPLE_PRODUCT } from '../../schemas/example.ts'
import { BATCH, type Case, type Method, send, typed, UNKNOWN } from './bad-case.ts'
import { PRODUCTS, UNKNOWN_ID } from './helper.ts'

const NO_UUID = `The path parameter id must be a UUID, such as ${EXAMPLE_PRODUCT.id}`

/** Methods that a path does not know, with those that it does. */
const methods: [method: Method, url: string, allow: string][] = [
  ['PUT', PRODUCTS, 'GET, HEAD, POST'],
  ['PATCH', PRODUCTS, 'GET, HEAD, POST'],
  ['DELETE', PRODUCTS, 'GET, HEAD, POST'],
  ['OPTIONS', PRODUCTS, 'GET, HEAD, POST'],
  ['TRACE', PRODUCTS, 'GET, HEAD, POST'],
  ['GET', BATCH, 'POST'],
  ['PATCH', BATCH, 'POST'],
  ['DELETE', BATCH, 'POST'],
  ['PUT', `${PRODUCTS}/${UNKNOWN_ID}`, 'DELETE, GET, HEAD, PATCH'],
  ['POST', `${PRODUCTS}/${UNKNOWN_ID}`, 'DELETE, GET, HEAD, PATCH'],
  ['PUT', `${PRODUCTS}/nope`, 'DELETE, GET, HEAD, PATCH'],
  ['POST', `${PRODUCTS}/${UNKNOWN_ID}/offers`, 'GET, HEAD'],
  ['POST', `${PRODUCTS}/${UNKNOWN_ID}/trend`, 'GET, HEAD'],
  ['POST', `${PRODUCTS}/${UNKNOWN_ID}/stats`, 'GET, HEAD'],
  ['DELETE', `${PRODUCTS}/${UNKNOWN_ID}/offers/a/trend`, 'GET, HEAD'],
  ['POST', '/api/v1/movers', 'GET, HEAD'],
  ['POST', '/api/v1/export/prices', 'GET, HEAD'],
  ['DELETE', '/api/v1/changes', 'GET, HEAD'],
  ['POST', '/api/v1/changes/stream', 'GET, HEAD'],
  ['DELETE', '/api/v1/status', 'GET, HEAD'],
  ['POST', '/health/live', 'GET, HEAD'],
  ['POST', '/health/ready', 'GET, HEAD'],
  ['POST', '/metrics', 'GET, HEAD'],
  ['POST', '/', 'GET, HEAD'],
  ['POST', '/docs/json', 'GET, HEAD'],
]

/** Paths that are not served. */
const nowhere = [
  '/nope',
  '/api',
  '/api/v1',
  '/api/v1/nope',
  '/api/v2/products',
  '/API/V1/PRODUCTS',
  `${PRODUCTS};v=1`,
  `${PRODUCTS}/${UNKNOWN_ID}/offers/x/y/z`,
  `${PRODUCTS}/${UNKNOWN_ID}/offers/x`,
  '/api/v1/trend',
  '/api/v1/export',
  '/api/v1/changes/1',
  '/docs/static/nope.js',
  '/docs/..%2f..%2fpackage.json',
  '/.env',
]

const badIds = ['nope', '5', UNKNOWN_ID.slice(1), `${UNKNOWN_ID}0`, UNKNOWN_ID.replaceAll('-', '')]
const badEncodedIds = [`urn:uuid:${UNKNOWN_ID}`, `%7B${UNKNOWN_ID}%7D`, `${UNKNOWN_ID}%0a`, '%00']

/** Ids, paths and methods that are refused. */
export const pathCases: Case[] = [
  ...[...badIds, ...badEncodedIds].flatMap((bad): Case[] => [
    [`GET of the id ${bad}`, { url: `${PRODUCTS}/${bad}` }, 400, NO_UUID],
    [`offers of the id ${bad}`, { url: `${PRODUCTS}/${bad}/offers` }, 400, NO_UUID],
    [`statistics of the id ${bad}`, { url: `${PRODUCTS}/${bad}/stats` }, 400, NO_UUID],
    [`trend of the id ${bad}`, { url: `${PRODUCTS}/${bad}/trend` }, 400, NO_UUID],
    [
      `trend of an offer of the id ${bad}`,
      { url: `${PRODUCTS}/${bad}/offers/a/trend` },
      400,
      NO_UUID,
    ],
  ]),
  ['DELETE of a bad id', { method: 'DELETE', url: `${PRODUCTS}/nope` }, 400, NO_UUID],
  ['PATCH of a bad id', send('{"name":"a"}', `${PRODUCTS}/nope`, 'PATCH'), 400, NO_UUID],
  ['GET of an unknown id', { url: `${PRODUCTS}/${UNKNOWN_ID}` }, 404, UNKNOWN],
  ['offers of an unknown id', { url: `${PRODUCTS}/${UNKNOWN_ID}/offers` }, 404, UNKNOWN],
  ['DELETE of an unknown id', { method: 'DELETE', url: `${PRODUCTS}/${UNKNOWN_ID}` }, 404, UNKNOWN],
  [
    'PATCH of an unknown id',
    send('{"name":"a"}', `${PRODUCTS}/${UNKNOWN_ID}`, 'PATCH'),
    404,
    UNKNOWN,
  ],
  ...nowhere.map(
    (url): Case => [`the path ${url}`, { url: `${url}?token=x` }, 404, `There is no ${url}`],
  ),
  ['POST of an unknown path', send('{}', '/nope'), 404, 'There is no /nope'],

  ...methods.map(
    ([method, url, allow]): Case => [
      `${method} ${url}`,
      { method, url },
      405,
      `The method ${method} is not supported here; use ${allow}`,
      allow,
    ],
  ),
  [
    'a body of another kind with another method',
    { ...typed('text/plain'), method: 'PUT' },
    405,
    'The method PUT is not supported here; use GET, HEAD, POST',
    'GET, HEAD, POST',
  ],
]
