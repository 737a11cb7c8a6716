import t from 'tap'
import { describe } from '../../schemas/describe.ts'

const fault = (keyword: string, params: Record<string, unknown>, instancePath = '/name') => ({
  keyword,
  instancePath,
  schemaPath: '#',
  params,
  message: 'must be right',
})

const described: [part: string, Parameters<typeof describe>[0], message: string][] = [
  [
    'querystring',
    fault('maximum', { limit: 200 }, '/limit'),
    'The query parameter limit must be at most 200',
  ],
  [
    'querystring',
    fault('minimum', { limit: 1 }, '/limit'),
    'The query parameter limit must be at least 1',
  ],
  [
    'querystring',
    fault('type', { type: 'integer' }, '/limit'),
    'The query parameter limit must be a whole number',
  ],
  [
    'querystring',
    { ...fault('type', { type: 'integer' }, '/limit'), data: ['1', '2'] },
    'The query parameter limit must be given only once',
  ],
  [
    'querystring',
    fault('type', { type: 'boolean' }, '/stale'),
    'The query parameter stale must be true or false',
  ],
  [
    'querystring',
    fault('enum', { allowedValues: ['a', 'b'] }, '/sort'),
    'The query parameter sort must be one of a, b',
  ],
  [
    'querystring',
    fault('minLength', { limit: 1 }, '/cursor'),
    'The query parameter cursor must not be empty',
  ],
  [
    'querystring',
    fault('minLength', { limit: 2 }, '/cursor'),
    'The query parameter cursor must be right',
  ],
  [
    'querystring',
    { ...fault('maxLength', { limit: 3 }, '/q'), data: 'mower' },
    'The query parameter q has 5 characters; at most 3 are allowed',
  ],
  ['querystring', fault('maxLength', { limit: 3 }, '/q'), 'The query parameter q must be right'],
  [
    'querystring',
    { ...fault('x-text', {}, '/q'), schema: 'text', data: '\0' },
    'The query parameter q must not contain NUL characters or unpaired surrogates',
  ],
  ['querystring', fault('x-text', {}, '/q'), 'The query parameter q must be right'],
  [
    'querystring',
    fault('format', { format: 'date-time' }, '/from'),
    'The query parameter from must be an RFC 3339 time since 1970, such as 2026-11-22T08:00:00Z',
  ],
  [
    'querystring',
    { ...fault('format', { format: 'date-time' }, '/from'), data: '2026-11-22T08:00:00 02:00' },
    'The query parameter from has a space where the + of its offset should be, because + means a ' +
      'space in a URL: write %2B, or give the time in UTC with Z',
  ],
  [
    'querystring',
    {
      ...fault('additionalProperties', { additionalProperty: 'x' }, ''),
      parentSchema: { properties: { from: {}, to: {} } },
    },
    "Unknown query parameter 'x': the query parameters are from, to",
  ],
  [
    'querystring',
    {
      ...fault('additionalProperties', { additionalProperty: 'x' }, ''),
      parentSchema: { properties: { at: {} } },
    },
    "Unknown query parameter 'x': the only query parameter is at",
  ],
  [
    'querystring',
    fault('additionalProperties', { additionalProperty: 'x' }, ''),
    "Unknown query parameter 'x': there are no query parameters",
  ],
  [
    'body',
    {
      ...fault('additionalProperties', { additionalProperty: 'x' }, ''),
      parentSchema: { properties: { name: {}, description: {} } },
    },
    "The body has the unknown property 'x': the properties are name, description",
  ],
  [
    'item',
    {
      ...fault('additionalProperties', { additionalProperty: 'x' }, ''),
      parentSchema: { properties: { name: {} } },
    },
    "The item has the unknown property 'x': the only property is name",
  ],
  [
    'body',
    fault('additionalProperties', { additionalProperty: 'x' }, ''),
    "The body has the unknown property 'x': there are no properties",
  ],
  [
    'params',
    fault('format', { format: 'uuid' }, '/id'),
    'The path parameter id must be a UUID, such as 019aa9f0-5c00-7000-8000-000000000001',
  ],
  [
    'headers',
    fault('type', { type: 'integer' }, '/last-event-id'),
    'The header last-event-id must be a whole number',
  ],
  ['cookies', fault('minimum', { limit: 1 }, '/size'), 'The cookies size must be at least 1'],
  ['body', fault('type', { type: 'integer' }), 'The name must be a whole number'],
  ['body', fault('type', { type: 'null' }), 'The name must be null'],
  ['body', fault('maxLength', { limit: 5 }), 'The name must be right'],
  ['body', fault('x-text', {}), 'The name must be right'],
  ['body', { ...fault('x-text', {}), schema: 'name', data: 'good' }, 'The name must be right'],
  ['body', fault('minimum', { limit: 1 }), 'The name must be at least 1'],
  ['body', fault('exclusiveMinimum', { limit: 0 }), 'The name must be more than 0'],
  ['body', fault('maximum', { limit: 9 }), 'The name must be at most 9'],
  ['body', fault('minLength', { limit: 1 }), 'The name must not be empty'],
  ['body', fault('pattern', {}), 'The name must be right'],
  [
    'body',
    { ...fault('pattern', {}), parentSchema: { 'x-pattern': 'be short' } },
    'The name must be short',
  ],
  ['body', fault('uniqueItems', { i: 1, j: 0 }, '/types'), 'The types must be right'],
  [
    'body',
    { ...fault('uniqueItems', { i: 2, j: 1 }, '/types'), data: ['a', 'b', 'b'] },
    'The types must differ from each other: "b" is there twice',
  ],
  [
    'body',
    fault('required', { missingProperty: 'name' }, ''),
    'The body is not complete: the property "name" is missing',
  ],
  [
    'body',
    {
      ...fault('required', { missingProperty: 'name' }, ''),
      parentSchema: { properties: { name: { 'x-text': 'alert-name' } } },
    },
    'Give the alert a name: the property "name" is missing',
  ],
  ['item', fault('not', {}, ''), 'The item must be right'],
  [
    'item',
    fault('format', { format: 'date-time' }, ''),
    'The item must be an RFC 3339 time since 1970, such as 2026-11-22T08:00:00Z',
  ],
  ['body', fault('type', { type: 'string' }, '/items/3/name'), '"items[3].name" must be text'],
]

for (const [part, error, message] of described) {
  t.test(`a fault is described: ${message}`, async (t) => {
    t.equal(describe(error, part), message)
  })
}
