import type { InjectOptions } from 'fastify'
import t from 'tap'
import { startApp } from '../helper.ts'
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

/** What is sent, in words; the request; the status and the message of the answer; its `Allow`. */
type Case = [
  what: string,
  request: InjectOptions,
  status: number,
  message: string | RegExp,
  allow?: string,
]

type Method = InjectOptions['method']

const BATCH = `${PRODUCTS}/batch`
const JSON_TYPE = { 'content-type': 'application/json' }
const CURSOR = 'querystring/cursor is not one that this list gave for the same sort and filters'
const BLANK = 'Give the product a name: this one is blank'
const LONG_NAME = 'The name has 256 characters; at most 255 are allowed'
const NAME_TEXT = 'The name must not contain NUL characters or unpaired surrogates'
const TEXT = 'must not contain NUL characters or unpaired surrogates'
const MEDIA_TYPE =
  'The header content-type must be application/json, without parameters or with charset=utf-8'
const NO_JSON = "Body is not valid JSON but content-type is set to 'application/json'"
const NO_BODY = 'The body must be a JSON object'
const NO_UUID = 'params/id must match format "uuid"'
const TOO_LARGE = 'Request body is too large'
const ENCODING = 'querystring is not valid percent-encoded UTF-8'
const LOST_PLUS =
  'has a blank where the + of its offset was: in a URL a + stands for a blank, so write %2B for it, ' +
  'or give the time in UTC with a Z'
const SORTS = 'created_at, -created_at, name, -name, lowest_price, -lowest_price'
const UNKNOWN = `There is no product ${UNKNOWN_ID}`

const send = (payload: string | Buffer, url: string, method: Method = 'POST'): InjectOptions => ({
  method,
  url,
  headers: JSON_TYPE,
  payload,
})
const typed = (type: string): InjectOptions => ({
  method: 'POST',
  url: PRODUCTS,
  headers: { 'content-type': type },
  payload: '{"name":"Mower"}',
})
const nameOf = (name: string) => JSON.stringify({ name })

/** Bodies that are no product, with what is said of them; PATCH refuses them as POST does. */
const bodies: [what: string, payload: string, message: string][] = [
  ['a number', '5', 'The body must be a JSON object'],
  ['a string', '"Mower"', 'The body must be a JSON object'],
  ['null', 'null', 'The body must be a JSON object'],
  ['an array', '[{"name":"Mower"}]', 'The body must be a JSON object'],
  ['a name that is a number', '{"name":5}', 'The name must be text'],
  ['a name that is null', '{"name":null}', 'The name must be text'],
  ['a name that is true', '{"name":true}', 'The name must be text'],
  ['a name that is an array', '{"name":["Mower"]}', 'The name must be text'],
  ['a name that is an object', '{"name":{}}', 'The name must be text'],
  ['an empty name', '{"name":""}', BLANK],
  ['a name of blanks', '{"name":" \\t\\n\\u00a0\\u3000\\ufeff"}', BLANK],
  [
    'a name of invisible characters',
    '{"name":"\\u200b\\u2060\\u3164\\u2800\\ufe0f"}',
    'Give the product a name: this one has invisible characters only',
  ],
  ['a name of 256 characters after trimming', nameOf(` ${'a'.repeat(256)} `), LONG_NAME],
  ['a name of 256 emoji', nameOf('🛒'.repeat(256)), LONG_NAME],
  ['a NUL character in a name', '{"name":"Mo\\u0000wer"}', NAME_TEXT],
  ['a lone high surrogate in a name', '{"name":"Mower \\ud83d"}', NAME_TEXT],
  ['a lone low surrogate in a name', '{"name":"\\udedf Mower"}', NAME_TEXT],
  ['surrogates in the wrong order', '{"name":"\\udedf\\ud83d"}', NAME_TEXT],
  [
    'a description that is a number',
    '{"name":"a","description":5}',
    'The description must be text',
  ],
  ['a description that is null', '{"name":"a","description":null}', 'The description must be text'],
  [
    'a description of 10,001 characters',
    JSON.stringify({ name: 'a', description: 'd'.repeat(10_001) }),
    'The description has 10,001 characters; at most 10,000 are allowed',
  ],
  [
    'a description of 10,001 emoji',
    JSON.stringify({ name: 'a', description: '🛒'.repeat(10_001) }),
    'The description has 10,001 characters; at most 10,000 are allowed',
  ],
  [
    'a NUL character in a description',
    '{"name":"a","description":"\\u0000"}',
    `The description ${TEXT}`,
  ],
  [
    'a lone surrogate in a description',
    '{"name":"a","description":"\\ud800"}',
    `The description ${TEXT}`,
  ],
  ['an unknown field', '{"name":"a","price":5}', "The body has the unknown property 'price'"],
  [
    'a field that is not for clients',
    '{"name":"a","id":"x"}',
    "The body has the unknown property 'id'",
  ],
  [
    'a field in capitals',
    '{"name":"a","Description":""}',
    "The body has the unknown property 'Description'",
  ],
  [
    'the key __proto__',
    '{"name":"a","__proto__":{"x":1}}',
    "The body has the unknown property '__proto__'",
  ],
  [
    'the key constructor',
    '{"name":"a","constructor":{"prototype":{"x":1}}}',
    "The body has the unknown property 'constructor'",
  ],
  ['half a JSON text', '{"name":"Mower"', NO_JSON],
  ['JSON with a comma too many', '{"name":"Mower",}', NO_JSON],
  ['JSON in single quotes', "{'name':'Mower'}", NO_JSON],
  ['two JSON texts', '{"name":"a"}{"name":"b"}', NO_JSON],
  ['a raw line break in a string', '{"name":"a\nb"}', NO_JSON],
  ['an empty body', '', NO_BODY],
]

/** Query strings that the catalogue refuses. */
const queries: [query: string, message: string][] = [
  ['limit=0', 'querystring/limit must be >= 1'],
  ['limit=-1', 'querystring/limit must be >= 1'],
  ['limit=201', 'querystring/limit must be <= 200'],
  ...['1.5', '1e1', '0x10', '%205', '5%20', '%2B5', 'abc', '', 'null', '1&limit=2'].map(
    (limit): [string, string] => [`limit=${limit}`, 'querystring/limit must be integer'],
  ),
  ['limit=9007199254740993', 'querystring/limit must be <= 200'],
  ...['yes', '1', 'TRUE', '', 'true&in_stock=true'].map((inStock): [string, string] => [
    `in_stock=${inStock}`,
    'querystring/in_stock must be boolean',
  ]),
  ...['price', '', 'NAME', '%2Bname', 'name%20'].map((sort): [string, string] => [
    `sort=${sort}`,
    `querystring/sort must be equal to one of the allowed values: ${SORTS}`,
  ]),
  ['sort=name&sort=-name', 'querystring/sort must be string'],
  ['page=2', "querystring has the unknown property 'page'"],
  ['Q=mower', "querystring has the unknown property 'Q'"],
  ['limit[]=1', "querystring has the unknown property 'limit[]'"],
  ['__proto__=1', "querystring has the unknown property '__proto__'"],
  ['=1', "querystring has the unknown property ''"],
  ['q=%00', `querystring/q ${TEXT}`],
  ['q=mow%00er', `querystring/q ${TEXT}`],
  ['q=mower&q=trimmer', 'querystring/q must be string'],
  [`q=${'a'.repeat(201)}`, 'querystring/q must NOT have more than 200 characters'],
  ['q=%', ENCODING],
  ['q=%zz', ENCODING],
  ['q=%ff', ENCODING],
  ['q=%ed%a0%80', ENCODING],
  ['%zz=1', ENCODING],
  ['cursor=', 'querystring/cursor must NOT have fewer than 1 characters'],
  [`cursor=${'a'.repeat(4097)}`, 'querystring/cursor must NOT have more than 4096 characters'],
  ['cursor=abc', CURSOR],
  [`cursor=${'a'.repeat(100)}`, CURSOR],
  ['cursor=!!!', CURSOR],
]

const INTERVALS = 'raw, 1m, 5m, 15m, 1h, 6h, 1d, auto'
const TYPES =
  'product.created, product.updated, product.deleted, product.registered, offer.listed, ' +
  'offer.price_changed, offer.stock_changed, offer.delisted'
const oneOf = (name: string, values: string) =>
  `querystring/${name} must be equal to one of the allowed values: ${values}`

/** The same for every parameter that is a time. */
const badTimes = (name: string): [query: string, message: string][] => [
  ...[
    '',
    'now',
    '0',
    '1795334400000',
    '2026-11-22',
    '08:00:00Z',
    '2026-11-22T08:00:00', // No offset.
    '2026-11-22T08:00Z',
    '2026-11-22T08:00:60Z',
    '2026-06-30T23:59:60Z', // A leap second by RFC 3339, and no moment to JavaScript.
    '2026-11-22T24:00:00Z',
    '2026-11-22T08:60:00Z',
    '2026-11-22T08:00:00%2B24:00',
    '2026-11-22T08:00:00.Z',
    '2026-02-30',
    '2026-02-30T08:00:00Z',
    '2026-13-01T08:00:00Z',
    '2026-00-01T08:00:00Z',
    '26-11-22T08:00:00Z',
    '%2B002026-11-22T08:00:00Z',
    '%202026-11-22T08:00:00Z',
    '2026-11-22T08:00:00Z%20',
    '2026-11-22T08:00:00Z%00',
  ].map((time): [string, string] => [
    `${name}=${time}`,
    `querystring/${name} must be an RFC 3339 time since 1970, such as 2026-11-22T08:00:00Z`,
  ]),
  ...['2026-11-22T08:00:00+02:00', '2026-11-22T08:00:00.000%2001:00', '2026-11-22T08:00+0200'].map(
    (time): [string, string] => [`${name}=${time}`, `querystring/${name} ${LOST_PLUS}`],
  ),
  [
    `${name}=2026-11-22T08:00:00Z&${name}=2026-11-22T09:00:00Z`,
    `querystring/${name} must be string`,
  ],
]

const badWindows: [query: string, message: string][] = [
  ...badTimes('from'),
  ...badTimes('to'),
  [
    'from=2026-11-22T08:00:00.001Z&to=2026-11-22T08:00:00Z',
    'querystring/from is after querystring/to',
  ],
  [
    'from=2026-11-22T08:00:00Z&to=2026-11-22T08:59:00%2B01:00',
    'querystring/from is after querystring/to',
  ],
  ['from=2999-01-01T00:00:00Z', 'querystring/from is after querystring/to'],
]

const notIntegers = (name: string, ...more: string[]): [query: string, message: string][] =>
  ['1.5', '1e3', '0x10', '%205', '%2B5', 'abc', '', ...more].map((text) => [
    `${name}=${text}`,
    `querystring/${name} must be integer`,
  ])

const badLimits = (most: number): [query: string, message: string][] => [
  ...notIntegers('limit', '1&limit=2'),
  ['limit=0', 'querystring/limit must be >= 1'],
  ['limit=-1', 'querystring/limit must be >= 1'],
  [`limit=${most + 1}`, `querystring/limit must be <= ${most}`],
]

const badPlaces: [query: string, message: string][] = [
  ...notIntegers('after', '1&after=2'),
  ['after=-1', 'querystring/after must be >= 0'],
  ['after=9007199254740992', 'querystring/after must be <= 9007199254740991'],
]

const badProducts: [query: string, message: string][] = ['', 'nope', '5', UNKNOWN_ID.slice(1)].map(
  (id) => [`product_id=${id}`, 'querystring/product_id must match format "uuid"'],
)

const badTypes: [query: string, message: string][] = ['', 'offer', 'OFFER.LISTED', 'offer.*'].map(
  (type) => [`type=${type}`, oneOf('type', TYPES)],
)

const badIntervals: [query: string, message: string][] = ['', '2h', '1H', '60', 'raw,1h'].map(
  (interval) => [`interval=${interval}`, oneOf('interval', INTERVALS)],
)

/** What the reads of the history and of the change feed refuse, by their path behind the API's. */
const historyQueries = (id: string): [path: string, queries: [string, string][]][] => [
  [`/products/${id}/trend`, [...badWindows, ...badIntervals]],
  [`/products/${id}/offers/a/trend`, [...badWindows, ...badIntervals]],
  [`/products/${id}/offers`, badTimes('at')],
  [
    '/export/prices',
    [
      ...badWindows,
      ...badProducts,
      ...['', 'CSV', 'json', 'xlsx'].map((format): [string, string] => [
        `format=${format}`,
        oneOf('format', 'csv, ndjson'),
      ]),
    ],
  ],
  [
    '/movers',
    [
      ...badLimits(200),
      ...['', '1d', '24H', '48h'].map((window): [string, string] => [
        `window=${window}`,
        oneOf('window', '1h, 24h, 7d, 30d'),
      ]),
      ...['', 'fall', 'DROP', 'drop,rise'].map((direction): [string, string] => [
        `direction=${direction}`,
        oneOf('direction', 'drop, rise'),
      ]),
    ],
  ],
  ['/changes', [...badLimits(1000), ...badPlaces, ...badProducts, ...badTypes]],
  [
    '/changes/stream',
    [
      ...badPlaces,
      ...badProducts,
      ...badTypes,
      ['limit=5', "querystring has the unknown property 'limit'"],
    ],
  ],
]

/** Bad ids of an offer, as they stand in a path. */
const badOfferIds: [offerId: string, message: string][] = [
  ['%00', `params/offer_id ${TEXT}`],
  ['a%00b', `params/offer_id ${TEXT}`],
  ['x'.repeat(256), 'params/offer_id must NOT have more than 255 characters'],
  ['%F0%9F%9B%92'.repeat(256), 'params/offer_id must NOT have more than 255 characters'],
]

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
    ...bodies.flatMap(([what, payload, message]): Case[] => [
      [`a product that is ${what}`, send(payload, PRODUCTS), 400, message],
      [`a patch that is ${what}`, send(payload, product, 'PATCH'), 400, message],
    ]),
    [
      'a product without a name',
      send('{}', PRODUCTS),
      400,
      'Give the product a name: the property "name" is missing',
    ],
    [
      'a product with a description alone',
      send('{"description":"d"}', PRODUCTS),
      400,
      'Give the product a name: the property "name" is missing',
    ],
    [
      'a product without a body',
      { method: 'POST', url: PRODUCTS },
      400,
      'The body must be a JSON object',
    ],
    [
      'a patch without a body',
      { method: 'PATCH', url: product },
      400,
      'The body must be a JSON object',
    ],
    ['an empty patch', send('{}', product, 'PATCH'), 400, 'The body must name something to change'],
    [
      'bytes that are not UTF-8',
      send(Buffer.from('{"name":"café"}', 'latin1'), PRODUCTS),
      400,
      'The body is not valid UTF-8',
    ],
    [
      'UTF-16',
      send(Buffer.from('\ufeff{"name":"sekačka"}', 'utf16le'), PRODUCTS),
      400,
      'The body is not valid UTF-8',
    ],
    ['a body over 256 KiB', send(nameOf('a'.repeat(256 * 1024)), PRODUCTS), 413, TOO_LARGE],
    [
      'a patch over 256 KiB',
      send(nameOf('a'.repeat(256 * 1024)), product, 'PATCH'),
      413,
      TOO_LARGE,
    ],
    ['a batch over 16 MiB', send(`["${'a'.repeat(16 * 1024 * 1024)}"]`, BATCH), 413, TOO_LARGE],
    ...[
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/merge-patch+json',
      'application/jsonx',
      'application/json; charset=iso-8859-2',
      'application/json; charset=utf-16',
      'application/json; version=1',
      'nonsense',
    ].map((type): Case => [`the media type ${type}`, typed(type), 415, MEDIA_TYPE]),
    [
      'a body without a media type',
      { method: 'POST', url: PRODUCTS, payload: Buffer.from('{"name":"Mower"}') },
      415,
      MEDIA_TYPE,
    ],

    [
      'a batch that is an array',
      send('[{"name":"a"}]', BATCH),
      400,
      'The body must be a JSON object',
    ],
    [
      'a batch without items',
      send('{}', BATCH),
      400,
      'The body is not complete: the property "items" is missing',
    ],
    ['a batch of null', send('{"items":null}', BATCH), 400, 'The items must be a list'],
    ['a batch of an object', send('{"items":{"0":{}}}', BATCH), 400, 'The items must be a list'],
    ['a batch of 0', send('{"items":[]}', BATCH), 400, 'The items must have at least 1 entry'],
    [
      'a batch of 1,001',
      send(JSON.stringify({ items: Array.from({ length: 1001 }, () => ({ name: 'a' })) }), BATCH),
      400,
      'The items must have at most 1,000 entries',
    ],
    [
      'an unknown field beside items',
      send('{"items":[{"name":"a"}],"dry_run":true}', BATCH),
      400,
      "The body has the unknown property 'dry_run'",
    ],
    ['a batch that is no JSON', send('{"items":[', BATCH), 400, NO_JSON],

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
        "querystring has the unknown property 'x'",
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
        /^headers\/last-event-id must /,
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
    ...[`trend`, 'offers/a/trend', 'offers?at=2026-11-22T08:00:00Z'].map(
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

    ...[...badIds, ...badEncodedIds].flatMap((bad): Case[] => [
      [`GET of the id ${bad}`, { url: `${PRODUCTS}/${bad}` }, 400, NO_UUID],
      [`offers of the id ${bad}`, { url: `${PRODUCTS}/${bad}/offers` }, 400, NO_UUID],
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
    [
      'DELETE of an unknown id',
      { method: 'DELETE', url: `${PRODUCTS}/${UNKNOWN_ID}` },
      404,
      UNKNOWN,
    ],
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
        `${method} is not one of ${allow}`,
        allow,
      ],
    ),
    [
      'a body of another kind with another method',
      { ...typed('text/plain'), method: 'PUT' },
      405,
      'PUT is not one of GET, HEAD, POST',
      'GET, HEAD, POST',
    ],

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
