import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { type OffersAnswer, offersOf, reasonOf } from '../../offers/answer.ts'

const OFFER = { id: 'a', price: 1000, items_in_stock: 5 }

const answer = (body: string | Buffer, others: Partial<OffersAnswer> = {}): OffersAnswer => ({
  ...{ status: 200, contentType: undefined, unreadable: undefined, token: undefined },
  body: Buffer.from(body),
  ...others,
})

const valid: [name: string, json: unknown, ids: string[]][] = [
  ['no offers', [], []],
  ['a text id', [OFFER], ['a']],
  ['an integer id', [{ ...OFFER, id: 17 }], ['17']],
  ['the largest integer id', [{ ...OFFER, id: 2 ** 53 - 1 }], ['9007199254740991']],
  ['a negative integer id', [{ ...OFFER, id: -1 }], ['-1']],
  ['an id of 255 characters', [{ ...OFFER, id: 'x'.repeat(255) }], ['x'.repeat(255)]],
  ['an id beyond ASCII', [{ ...OFFER, id: 'ř😀' }], ['ř😀']],
  ['ids that differ in case', [OFFER, { ...OFFER, id: 'A' }], ['a', 'A']],
  ['a price and a stock of nothing', [{ id: 'a', price: 0, items_in_stock: 0 }], ['a']],
  ['a property that is not known', [{ ...OFFER, shop: 'x' }], ['a']],
]
for (const [name, json, ids] of valid) {
  t.test(`an array with ${name} is read`, async (t) => {
    const offers = offersOf(answer(JSON.stringify(json)))
    t.same(
      offers.map(({ id }) => id),
      ids,
    )
    for (const offer of offers) t.same(Object.keys(offer), ['id', 'price', 'items_in_stock'])
  })
}

/** What is wrong with the last of three offers, and what the message says. */
const badOffers: [name: string, offer: unknown, message: string][] = [
  ['null', null, 'Offer at index 2 is null, must be an object'],
  ['text', 'x', 'Offer at index 2 is "x", must be an object'],
  ['an array', [1], 'Offer at index 2 is [1], must be an object'],
  ['no id', { ...OFFER, id: undefined }, 'Offer at index 2: id is missing'],
  [
    'no price',
    { ...OFFER, id: 17, price: undefined },
    'Offer at index 2 (id 17): price is missing',
  ],
  [
    'a negative price',
    { ...OFFER, id: 17, price: -5 },
    'Offer at index 2 (id 17): price is -5, must be an integer from 0 to 9007199254740991',
  ],
  [
    'a price that is text',
    { ...OFFER, id: '17', price: '5' },
    'Offer at index 2 (id "17"): price is "5", must be an integer from 0 to 9007199254740991',
  ],
  [
    'a price with a fraction',
    { ...OFFER, id: 'c', price: 0.5 },
    'Offer at index 2 (id "c"): price is 0.5, must be an integer from 0 to 9007199254740991',
  ],
  [
    'a stock that is null',
    { ...OFFER, id: 'c', items_in_stock: null },
    'Offer at index 2 (id "c"): items_in_stock is null, must be an integer from 0 to 9007199254740991',
  ],
  [
    'an empty id',
    { ...OFFER, id: '' },
    'Offer at index 2 (id ""): id is "", must be text of 1 to 255 characters, or an integer up to 9007199254740991',
  ],
  [
    'an id that is an object',
    { ...OFFER, id: {} },
    'Offer at index 2: id is {}, must be text of 1 to 255 characters, or an integer up to 9007199254740991',
  ],
  [
    'an id of another one',
    { ...OFFER, id: 'b' },
    'Offer at index 2 (id "b"): id is that of the offer at index 1, too',
  ],
  [
    'an id with NUL',
    { ...OFFER, id: 'x\0' },
    'Offer at index 2 (id "x\\u0000"): id is "x\\u0000", must be text without NUL and lone surrogates',
  ],
  [
    'a long value',
    { ...OFFER, id: 'c', price: 'x'.repeat(1000) },
    `Offer at index 2 (id "c"): price is "${'x'.repeat(79)}…, must be an integer from 0 to 9007199254740991`,
  ],
]
for (const [name, offer, message] of badOffers) {
  t.test(`an offer that is wrong is named with its fault: ${name}`, async (t) => {
    const json = JSON.stringify([OFFER, { ...OFFER, id: 'b' }, offer])
    t.throws(() => offersOf(answer(json)), { fault: 'malformed', message })
  })
}

t.test('a number beyond all others is shown, though it is none of JSON', async (t) => {
  const body = '[{"id":"a","price":1e999,"items_in_stock":5}]'
  t.throws(() => offersOf(answer(body)), { message: /\(id "a"\): price is Infinity, must be/ })
})

const bodies: [name: string, answer: OffersAnswer, message: string][] = [
  ['nothing', answer(''), 'The answer is empty, must be an array of offers'],
  ['null', answer('null'), 'The answer is null, must be an array of offers'],
  ['an object', answer('{"offers":[]}'), 'The answer is {"offers":[]}, must be an array of offers'],
  [
    'HTML',
    answer('\n<html>\n<body>Bad gateway\u0007</body>', { contentType: 'text/html; charset=utf-8' }),
    'The answer (text/html; charset=utf-8) is HTML or XML, not JSON; it begins with "<html> <body>Bad gateway </body>"',
  ],
  [
    'text',
    answer('Bad gateway', { contentType: 'text/plain' }),
    `The answer (text/plain) is not JSON: Unexpected token 'B'; it begins with "Bad gateway"`,
  ],
  [
    'JSON that is cut off',
    answer('[{"id":"a","price":10'),
    'The answer is not JSON: Expected \',\' or \'}\' after property value in JSON at position 21; it begins with "[{"id":"a","price":10"',
  ],
  [
    'bytes that are not UTF-8',
    answer(Buffer.from('["\xe9"]', 'latin1')),
    'The answer is not UTF-8; it begins with "["\ufffd"]"',
  ],
  [
    'gzip without its name',
    answer(gzipSync('[]')),
    'The answer is compressed with gzip, but has no Content-Encoding that says so',
  ],
  [
    'what cannot be read',
    answer('', { unreadable: 'The answer is larger than 1048576 bytes' }),
    'The answer is larger than 1048576 bytes',
  ],
]
for (const [name, given, message] of bodies) {
  t.test(`an answer that is not an array is described: ${name}`, async (t) => {
    t.throws(() => offersOf(given), { fault: 'malformed', message })
  })
}

t.test('a description is one short line of text, whatever the answer was', async (t) => {
  const body = randomBytes(100_000)
  t.throws(() => offersOf(answer(body)), { message: /^[^\p{Cc}\n]{1,200}$/u })
})

t.test('no message shows the token, even if the service does', async (t) => {
  const token = 'secret-token'
  const html = answer('<html>You sent secret-token</html>', { token })
  t.throws(() => offersOf(html), { message: /You sent \[token\]/ })
  t.equal(reasonOf(answer('{"msg":"bad token secret-token"}', { token })), 'bad token [token]')
})
