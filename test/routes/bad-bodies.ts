import { BATCH, type Case, type Method, send, typed } from './bad-case.ts'
import { TEXT } from './bad-queries.ts'
import { tagBodies } from './bad-tags.ts'
import { PRODUCTS, UNKNOWN_ID } from './helper.ts'

const BLANK = 'Give the product a name: this one is blank'
const LONG_NAME = 'The name has 256 characters; at most 255 are allowed'
const NAME_TEXT = 'The name must not contain NUL characters or unpaired surrogates'
const MEDIA_TYPE =
  'The header content-type must be application/json, without parameters or with charset=utf-8'
const NO_JSON = 'The body is not valid JSON'
const NO_BODY = 'The body must be a JSON object'
const TOO_LARGE = 'The body is larger than 512 KiB, the limit of this route'
const TOO_LARGE_BATCH = 'The body is larger than 16384 KiB, the limit of this route'

const FIELDS = 'name, description, external_id, tags, metadata'

const unknown = (property: string, known = FIELDS) =>
  `The body has the unknown property '${property}': the properties are ${known}`
const nameOf = (name: string) => JSON.stringify({ name })

/** Bodies that are no product, with what is said of them; PATCH refuses them as POST does, and knows more fields. */
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
  ['an unknown field', '{"name":"a","price":5}', unknown('price')],
  ['a field that is not for clients', '{"name":"a","id":"x"}', unknown('id')],
  ['a field in capitals', '{"name":"a","Description":""}', unknown('Description')],
  ['the key __proto__', '{"name":"a","__proto__":{"x":1}}', unknown('__proto__')],
  [
    'the key constructor',
    '{"name":"a","constructor":{"prototype":{"x":1}}}',
    unknown('constructor'),
  ],
  ...tagBodies,
  ['half a JSON text', '{"name":"Mower"', NO_JSON],
  ['JSON with a comma too many', '{"name":"Mower",}', NO_JSON],
  ['JSON in single quotes', "{'name':'Mower'}", NO_JSON],
  ['two JSON texts', '{"name":"a"}{"name":"b"}', NO_JSON],
  ['a raw line break in a string', '{"name":"a\nb"}', NO_JSON],
  ['an empty body', '', NO_BODY],
]

const WEBHOOK = `/api/v1/webhooks/${UNKNOWN_ID}`

/** Bodies of calls that take none. */
const bodiesOfNone = (product: string): Case[] =>
  [
    ['DELETE', product],
    ['DELETE', `/api/v1/alerts/${UNKNOWN_ID}`],
    ['DELETE', WEBHOOK],
    ['POST', `${WEBHOOK}/test`],
    ['POST', `${WEBHOOK}/rotate-secret`],
  ].flatMap(([method, url = '']) =>
    ['{"force":true}', '[]', '0'].map(
      (body): Case => [
        `${body} with ${method} ${url.replace(/[\da-f-]{36}/, '{id}')}`,
        send(body, url, method as Method),
        400,
        'This call takes no body: leave it out',
      ],
    ),
  )

/** Bodies that are refused; `product` is the path of a product. */
export function bodyCases(product: string): Case[] {
  return [
    ...bodies.flatMap(([what, payload, message]): Case[] => [
      [`a product that is ${what}`, send(payload, PRODUCTS), 400, message],
      [
        `a patch that is ${what}`,
        send(payload, product, 'PATCH'),
        400,
        message.replace(FIELDS, `${FIELDS}, add_tags, remove_tags`),
      ],
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
    ['a body over 512 KiB', send(nameOf('a'.repeat(512 * 1024)), PRODUCTS), 413, TOO_LARGE],
    [
      'a patch over 512 KiB',
      send(nameOf('a'.repeat(512 * 1024)), product, 'PATCH'),
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
      unknown('dry_run', 'items, on_conflict'),
    ],
    ['a batch that is no JSON', send('{"items":[', BATCH), 400, NO_JSON],
    ...bodiesOfNone(product),
  ]
}
