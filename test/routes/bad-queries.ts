/** Query strings and ids that the reads refuse, each with its message. */
import { EXAMPLE_PRODUCT } from '../../schemas/example.ts'
import { UNKNOWN_ID } from './helper.ts'

export const CURSOR =
  'The query parameter cursor must be the next_cursor of a page with the same sort and filters'
export const TEXT = 'must not contain NUL characters or unpaired surrogates'
const ENCODING = 'The query string is not valid percent-encoded UTF-8'
const LOST_PLUS =
  'has a space where the + of its offset should be, because + means a space in a URL: write %2B, ' +
  'or give the time in UTC with Z'
const CATALOGUE_PARAMETERS =
  'q, sort, in_stock, stale, registration, price_min, price_max, tag, updated_since, count, ids, limit, cursor'
const MOVER_PARAMETERS =
  'window, direction, min_percent, min_absolute, price_min, price_max, tag, in_stock, at_low, limit'
const unknown = (name: string, known: string) =>
  `Unknown query parameter '${name}': the query parameters are ${known}`
const onlyOnce = (name: string) => `The query parameter ${name} must be given only once`
const SORTS = 'created_at, -created_at, name, -name, lowest_price, -lowest_price'

/** Query strings that the catalogue refuses. */
export const queries: [query: string, message: string][] = [
  ['limit=0', 'The query parameter limit must be at least 1'],
  ['limit=-1', 'The query parameter limit must be at least 1'],
  ['limit=201', 'The query parameter limit must be at most 200'],
  ...['1.5', '1e1', '0x10', '%205', '5%20', '%2B5', 'abc', '', 'null'].map(
    (limit): [string, string] => [
      `limit=${limit}`,
      'The query parameter limit must be a whole number',
    ],
  ),
  ['limit=1&limit=2', onlyOnce('limit')],
  ['limit=9007199254740993', 'The query parameter limit must be at most 200'],
  ['in_stock=true&in_stock=true', onlyOnce('in_stock')],
  ...['yes', '1', 'TRUE', ''].map((inStock): [string, string] => [
    `in_stock=${inStock}`,
    'The query parameter in_stock must be true or false',
  ]),
  ...['price', '', 'NAME', '%2Bname', 'name%20'].map((sort): [string, string] => [
    `sort=${sort}`,
    `The query parameter sort must be one of ${SORTS}`,
  ]),
  ['sort=name&sort=-name', onlyOnce('sort')],
  ['page=2', unknown('page', CATALOGUE_PARAMETERS)],
  ['Q=mower', unknown('Q', CATALOGUE_PARAMETERS)],
  ['limit[]=1', unknown('limit[]', CATALOGUE_PARAMETERS)],
  ['__proto__=1', unknown('__proto__', CATALOGUE_PARAMETERS)],
  ['=1', unknown('', CATALOGUE_PARAMETERS)],
  ['q=%00', `The query parameter q ${TEXT}`],
  ['q=mow%00er', `The query parameter q ${TEXT}`],
  ['q=mower&q=trimmer', onlyOnce('q')],
  [`q=${'a'.repeat(201)}`, 'The query parameter q has 201 characters; at most 200 are allowed'],
  ['q=%', ENCODING],
  ['q=%zz', ENCODING],
  ['q=%ff', ENCODING],
  ['q=%ed%a0%80', ENCODING],
  ['%zz=1', ENCODING],
  ['cursor=', 'The query parameter cursor must not be empty'],
  [
    `cursor=${'a'.repeat(4097)}`,
    'The query parameter cursor has 4,097 characters; at most 4,096 are allowed',
  ],
  ['cursor=abc', CURSOR],
  [`cursor=${'a'.repeat(100)}`, CURSOR],
  ['cursor=!!!', CURSOR],
]

const INTERVALS = 'raw, 1m, 5m, 15m, 1h, 6h, 1d, auto'
const TYPES =
  'product.created, product.updated, product.deleted, product.registered, offer.listed, ' +
  'offer.price_changed, offer.stock_changed, offer.delisted, alert.fired'
const oneOf = (name: string, values: string) =>
  `The query parameter ${name} must be one of ${values}`

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
    '2026-02-30T08:00:00.000Z',
    '2026-11-22T24:00:00.000Z',
    '2026-13-01T08:00:00Z',
    '2026-00-01T08:00:00Z',
    '26-11-22T08:00:00Z',
    '%2B002026-11-22T08:00:00Z',
    '%202026-11-22T08:00:00Z',
    '2026-11-22T08:00:00Z%20',
    '2026-11-22T08:00:00Z%00',
  ].map((time): [string, string] => [
    `${name}=${time}`,
    `The query parameter ${name} must be an RFC 3339 time since 1970, such as 2026-11-22T08:00:00Z`,
  ]),
  ...['2026-11-22T08:00:00+02:00', '2026-11-22T08:00:00.000%2001:00', '2026-11-22T08:00+0200'].map(
    (time): [string, string] => [`${name}=${time}`, `The query parameter ${name} ${LOST_PLUS}`],
  ),
  [`${name}=2026-11-22T08:00:00Z&${name}=2026-11-22T09:00:00Z`, onlyOnce(name)],
]

const badWindows: [query: string, message: string][] = [
  ...badTimes('from'),
  ...badTimes('to'),
  [
    'from=2026-11-22T08:00:00.001Z&to=2026-11-22T08:00:00Z',
    'The query parameter from must not be after to',
  ],
  [
    'from=2026-11-22T08:00:00Z&to=2026-11-22T08:59:00%2B01:00',
    'The query parameter from must not be after to',
  ],
  ['from=2999-01-01T00:00:00Z', 'The query parameter from must not be after to'],
]

const notIntegers = (name: string): [query: string, message: string][] => [
  ...['1.5', '1e3', '0x10', '%205', '%2B5', 'abc', ''].map((text): [string, string] => [
    `${name}=${text}`,
    `The query parameter ${name} must be a whole number`,
  ]),
  [`${name}=1&${name}=2`, onlyOnce(name)],
]

const badLimits = (most: number): [query: string, message: string][] => [
  ...notIntegers('limit'),
  ['limit=0', 'The query parameter limit must be at least 1'],
  ['limit=-1', 'The query parameter limit must be at least 1'],
  [`limit=${most + 1}`, `The query parameter limit must be at most ${most}`],
]

const badPlaces: [query: string, message: string][] = [
  ...notIntegers('after'),
  ['after=-1', 'The query parameter after must be at least 0'],
  ['after=9007199254740992', 'The query parameter after must be at most 9007199254740991'],
]

const badProducts: [query: string, message: string][] = ['', 'nope', '5', UNKNOWN_ID.slice(1)].map(
  (id) => [
    `product_id=${id}`,
    `The query parameter product_id must be a UUID, such as ${EXAMPLE_PRODUCT.id}`,
  ],
)

const badTypes: [query: string, message: string][] = ['', 'offer', 'OFFER.LISTED', 'offer.*'].map(
  (type) => [`type=${type}`, oneOf('type', TYPES)],
)

const badIntervals: [query: string, message: string][] = ['', '2h', '1H', '60', 'raw,1h'].map(
  (interval) => [`interval=${interval}`, oneOf('interval', INTERVALS)],
)

/** What the reads of the history and of the change feed refuse, by their path below the API's. */
export const historyQueries = (id: string): [path: string, queries: [string, string][]][] => [
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
      ...['', '7d', '30D', 'ALL', '30d,90d'].map((window): [string, string] => [
        `at_low=${window}`,
        oneOf('at_low', '30d, 90d, 365d, all'),
      ]),
      ...['', '.5', '1.', '0x10', '%205', '1%25', 'NaN', 'Infinity', '1e999'].map(
        (percent): [string, string] => [
          `min_percent=${percent}`,
          'The query parameter min_percent must be a number',
        ],
      ),
      ['min_percent=-0.5', 'The query parameter min_percent must be at least 0'],
      ['min_percent=1e16', 'The query parameter min_percent must be at most 9007199254740991'],
      ['min_percent=1&min_percent=2', onlyOnce('min_percent')],
      ['min_absolute=1.5', 'The query parameter min_absolute must be a whole number'],
      ['min_absolute=-1', 'The query parameter min_absolute must be at least 0'],
      ['price_min=-1', 'The query parameter price_min must be at least 0'],
      ['price_max=1e3', 'The query parameter price_max must be a whole number'],
      ['in_stock=yes', 'The query parameter in_stock must be true or false'],
      ['tag=%20', 'The query parameter tag must have at least one visible character'],
      ['sort=name', unknown('sort', MOVER_PARAMETERS)],
    ],
  ],
  ['/changes', [...badLimits(1000), ...badPlaces, ...badProducts, ...badTypes]],
  [
    '/changes/stream',
    [
      ...badPlaces,
      ...badProducts,
      ...badTypes,
      ['limit=5', unknown('limit', 'after, product_id, type')],
    ],
  ],
]

/** Bad ids of an offer, as they stand in a path. */
export const badOfferIds: [offerId: string, message: string][] = [
  ['%00', `The path parameter offer_id ${TEXT}`],
  ['a%00b', `The path parameter offer_id ${TEXT}`],
  ['x'.repeat(256), 'The path parameter offer_id has 256 characters; at most 255 are allowed'],
  [
    '%F0%9F%9B%92'.repeat(256),
    'The path parameter offer_id has 256 characters; at most 255 are allowed',
  ],
]
