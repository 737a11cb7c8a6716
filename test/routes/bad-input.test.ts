import type { InjectOptions } from 'fastify'
import t from 'tap'
import { EXAMPLE_PRODUCT } from '../../schemas/example.ts'
import { startApp } from '../helper.ts'
import { badOfferIds, CURSOR, historyQueries, queries, TEXT } from './bad-queries.ts'
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
const BLANK = 'Give the product a name: this one is blank'
const LONG_NAME = 'The name has 256 characters; at most 255 are allowed'
const NAME_TEXT = 'The name must not contain NUL characters or unpaired surrogates'
const MEDIA_TYPE =
  'The header content-type must be application/json, without parameters or with charset=utf-8'
const NO_JSON = 'The body is not valid JSON'
const NO_BODY = 'The body must be a JSON object'
const NO_UUID = `The path parameter id must be a UUID, such as ${EXAMPLE_PRODUCT.id}`
const TOO_LARGE = 'The body is larger than 256 KiB, the limit of this route'
const TOO_LARGE_BATCH = 'The body is larger than 16384 KiB, the limit of this route'
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
    'Give the product a name: this one has only invisible characters',
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
    [
      'a batch over 16 MiB',
      send(`["${'a'.repeat(16 * 1024 * 1024)}"]`, BATCH),
      413,
      TOO_LARGE_BATCH,
    ],
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
        /^Unknown query parameter 'x': there are no query parameters$|^Unknown query parameter 'x': the query parameters are /,
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
