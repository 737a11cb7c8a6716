import t from 'tap'
import { Config, readConfig, tokensIn } from '../../config/config.ts'
import { EnvironmentError } from '../../config/environment.ts'

type Name = keyof Config

const PROXY = {
  fallback: undefined,
  good: [
    'http://proxy.example.com:3128',
    'https://proxy.example.com',
    'http://proxy.example.com/',
    'http://127.0.0.1:3128',
    'http://[::1]:3128',
    'http://me:pass%20word%25@proxy.example.com:3128',
  ].map((one): [string, string] => [one, one]),
  bad: [
    'proxy.example.com:3128',
    'proxy.example.com',
    'socks5://proxy.example.com:1080',
    'http://',
    'http://proxy example.com',
    'http://proxy.example.com:99999',
    'http://proxy.example.com/path',
    'http://proxy.example.com?x=1',
    'http://me:100%@proxy.example.com:3128',
    'http://me:%ff@proxy.example.com:3128',
  ],
}

/** Each variable: its default, texts it takes with what they mean, and texts it does not take. */
const variables: Record<Name, { fallback: unknown; good: [string, unknown][]; bad: string[] }> = {
  NODE_ENV: { fallback: undefined, good: [['development', 'development']], bad: [] },
  HOST: {
    fallback: '127.0.0.1',
    good: [
      ['0.0.0.0', '0.0.0.0'],
      ['::', '::'],
      ['localhost', 'localhost'],
    ],
    bad: [' ', 'local host'],
  },
  PORT: {
    fallback: 3000,
    good: [
      ['0', 0],
      ['65535', 65_535],
    ],
    bad: ['-1', '65536', 'http', '3000.5', '1e3', '0x10', ' 3000', '3000 ', 'NaN', 'Infinity'],
  },
  LOG_LEVEL: text(
    'info',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    ['INFO', 'verbose', 'info,debug', '30'],
  ),
  DATABASE_URL: text(
    'file:./data/aggregator.db',
    ['file:test.db', 'postgres://localhost/test', 'file:///var/lib/test.db'],
    ['test.db', 'file:', '://a', 'file:a\0b'],
  ),
  ANSWER_CACHE_MB: {
    fallback: 64,
    good: [
      ['0', 0],
      ['65536', 65_536],
    ],
    bad: ['-1', '65537', 'off', '1.5'],
  },
  OFFERS_BASE_URL: {
    fallback: undefined,
    good: [
      'http://localhost:8080/api/v1',
      'https://offers.example.com/api/v1/',
      'https://offers.example.com',
      'http://[::1]:80/api/v1',
    ].map((one) => [one, one]),
    bad: [
      'offers.example.com',
      'ftp://offers.example.com',
      '//offers.example.com',
      'https://',
      'https:///api/v1',
      'https://offers example.com',
      'https://offers.example.com/api v1',
      'https://offers.example.com:99999/api/v1',
      'https://[::1/api/v1',
      'https://offers.example.com/api/v1?x=1',
      'https://offers.example.com/api/v1#x',
      'https://me@offers.example.com/api/v1',
    ],
  },
  HTTP_PROXY: PROXY,
  HTTPS_PROXY: PROXY,
  NO_PROXY: { fallback: undefined, good: [['::1, 10.0.0.0/8', '::1, 10.0.0.0/8']], bad: [] },
  SIMULATOR_TICK_SECONDS: {
    fallback: 60,
    good: [
      ['0.01', 0.01],
      ['86400', 86_400],
    ],
    bad: ['0', '86401', '1m', '-1'],
  },
  SIMULATOR_STATE: { fallback: undefined, good: [['a b.ndjson', 'a b.ndjson']], bad: [] },
  OFFERS_REFRESH_TOKEN: secret(),
  OFFERS_TIMEOUT_MS: integer(5000, 100, 60_000),
  HISTORY_RAW_DAYS: integer(35, 1, 3650),
  CHANGES_RETENTION_DAYS: integer(7, 1, 3650),
  OFFERS_CONCURRENCY: integer(32, 1, 1024),
  OFFERS_CALLS_PER_SECOND: { ...integer(0, 1, 100_000), fallback: undefined },
  DATABASE_CONNECTIONS: integer(4, 2, 64),
  DATABASE_TIMEOUT_MS: integer(5_000, 100, 600_000),
  DATABASE_LISTEN: text('on', ['on', 'off'], ['ON', 'true', '0', 'on,off']),
  REFRESH_INTERVAL_SECONDS: integer(60, 1, 86_400),
  PRICE_UNIT: text(
    undefined,
    ['EUR', 'Kč', 'points', 'g / 100 ml', '€'],
    [' ', ' EUR', 'EUR ', 'a\nb', 'x'.repeat(21)],
  ),
  PRICE_MINOR_DIGITS: integer(0, 0, 6),
  API_TOKEN: secrets(),
  API_READ_TOKEN: secrets(),
  WEBHOOK_ALLOW_PRIVATE: {
    fallback: 'false',
    good: [
      ['true', 'true'],
      ['false', 'false'],
    ],
    bad: ['yes', 'TRUE', '1'],
  },
  WEBHOOK_PROXY: PROXY,
  WEBHOOK_TIMEOUT_MS: integer(10_000, 100, 60_000),
}

function text(fallback: string | undefined, good: string[], bad: string[]) {
  return { fallback, good: good.map((one): [string, string] => [one, one]), bad }
}

function secrets() {
  const { fallback, good, bad } = secret()
  const lists: [string, string][] = ['a,b', 'a, b ,c', ' a,b '].map((one) => [one, one])
  return { fallback, good: [...good, ...lists], bad: [...bad, 'a,two words', 'a,\tb', 'a;b,ů'] }
}

function secret() {
  const good: [string, string][] = ['s3cret', '!~', '"quoted"', 'a.b-c_d=='].map((one) => [
    one,
    one,
  ])
  return { fallback: undefined, good, bad: ['two words', 'tab\t', 'kůň', 'line\n', '\u007f'] }
}

function integer(fallback: number, least: number, most: number) {
  const good: [string, number][] = [least, most].map((one) => [String(one), one])
  const outside = [least - 1, most + 1].map(String)
  return { fallback, good, bad: [...outside, '-5', '1.5', 'many', '1e2', '٣'] }
}

const names = Object.keys(Config.properties)
/** What a variable cannot be without. */
const beside: Record<string, Record<string, string>> = {
  API_READ_TOKEN: { API_TOKEN: 'other' },
  OFFERS_REFRESH_TOKEN: { OFFERS_BASE_URL: 'http://offers.example.com/api/v1' },
}

/** The message of the fault of an environment. */
function faultOf(env: Record<string, string>): string {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof EnvironmentError) return error.message
    throw error
  }
  return ''
}

t.test('every variable is tested here', async (t) => {
  t.strictSame(Object.keys(variables).sort(), names.sort())
})

for (const [name, { fallback, good, bad }] of Object.entries(variables)) {
  const values = (env: Record<string, string>) => new Map(Object.entries(readConfig(env)))
  const schema = new Map(Object.entries(Config.properties)).get(name)

  t.test(`${name} has its default where it is not set or empty`, async (t) => {
    t.equal(values({}).get(name), fallback)
    t.equal(values({ [name]: '' }).get(name), fallback)
  })

  t.test(`${name} is described`, async (t) => {
    t.match(schema?.description, /\w/)
  })

  for (const [text, value] of good) {
    t.test(`${name} can be ${text}`, async (t) => {
      t.equal(values({ ...beside[name], [name]: text }).get(name), value)
    })
  }

  for (const text of bad) {
    t.test(`${name} cannot be ${JSON.stringify(text)}`, async (t) => {
      const message = faultOf({ ...beside[name], [name]: text })
      const hidden = schema?.secret || /[@?#]/.test(text)
      const number = /^-?\d+$/.test(text)
      const shown = hidden ? 'its value' : number ? text : JSON.stringify(text)
      const value = schema?.type !== 'string' || !number ? shown : JSON.stringify(text)
      t.equal(message, `${name}: ${value} is not ${schema?.allowed}`)
    })
  }
}

t.test('several faults are reported at once, a line each', async (t) => {
  const message = faultOf({
    PORT: 'x',
    LOG_LEVEL: 'loud',
    OFFERS_TIMEOUT_MS: '1',
    API_TOKEN: 'a b',
  })
  t.strictSame(message.split('\n'), [
    'PORT: "x" is not an integer from 0 to 65535',
    'LOG_LEVEL: "loud" is not fatal, error, warn, info, debug, trace or silent',
    'OFFERS_TIMEOUT_MS: 1 is not an integer from 100 to 60000',
    'API_TOKEN: its value is not visible ASCII characters without spaces, or several such tokens separated by commas',
  ])
})

t.test('production refuses to run on the built-in simulator', async (t) => {
  const message = faultOf({ NODE_ENV: 'production' })
  t.match(
    message,
    /^OFFERS_BASE_URL: not set; set it to .* because NODE_ENV=production does not allow /,
  )
  t.match(faultOf({ NODE_ENV: 'production', OFFERS_BASE_URL: '' }), /^OFFERS_BASE_URL: /)
  t.equal(faultOf({ NODE_ENV: 'production', OFFERS_BASE_URL: 'http://a/api/v1' }), '')
  t.equal(faultOf({ NODE_ENV: 'test' }), '')
})

const ALSO = 'is also in API_TOKEN, which would allow it to write; remove one'
const COMMA = 'is empty; remove the extra comma'

/** Lists of tokens that are no good, with all that is said of them. */
const lists: [what: string, full: string, readOnly: string, faults: string[]][] = [
  [
    'one for reading without one for writing',
    '',
    'a',
    ['API_READ_TOKEN: set without API_TOKEN; set that too, or nobody could write to the catalogue'],
  ],
  ['the same for reading and writing', 'a', 'a', [`API_READ_TOKEN: entry 1 ${ALSO}`]],
  ['one of several for both', 'a,b', 'c, b', [`API_READ_TOKEN: entry 2 ${ALSO}`]],
  ['another one for reading', 'a', 'b', []],
  ['several of each', 'a, b', 'c,d', []],
  ['a comma at the end', 'a,', 'b', [`API_TOKEN: entry 2 ${COMMA}`]],
  ['a comma at the beginning', 'a', ',b', [`API_READ_TOKEN: entry 1 ${COMMA}`]],
  ['two commas', 'a,,b', 'c', [`API_TOKEN: entry 2 ${COMMA}`]],
  ['nothing but a comma', ',', '', [`API_TOKEN: entry 1 ${COMMA}`, `API_TOKEN: entry 2 ${COMMA}`]],
  ['the same one twice', 'a,b, a', '', ['API_TOKEN: entries 1 and 3 are the same; remove one']],
]

for (const [what, full, readOnly, faults] of lists) {
  t.test(`tokens: ${what}`, async (t) => {
    const message = faultOf({ API_TOKEN: full, API_READ_TOKEN: readOnly })
    t.equal(message, faults.join('\n'))
  })
}

t.test('the tokens of a list are without the blanks around them', async (t) => {
  t.strictSame(tokensIn(' a, b ,c'), ['a', 'b', 'c'])
  t.strictSame(tokensIn(undefined), [])
})

t.test('a refresh token requires the URL of the service that it is for', async (t) => {
  t.equal(
    faultOf({ OFFERS_REFRESH_TOKEN: 'a' }),
    'OFFERS_REFRESH_TOKEN: set without OFFERS_BASE_URL; set that too, or unset this one, because the built-in simulator has its own token',
  )
})

t.test('no message shows a secret', async (t) => {
  const environments: Record<string, string>[] = [
    ...['OFFERS_REFRESH_TOKEN', 'API_TOKEN', 'API_READ_TOKEN'].flatMap((name) => [
      { [name]: '5ecret with a blank' },
      { [name]: '5ecret', PORT: 'x' },
    ]),
    { API_READ_TOKEN: '5ecret', API_TOKEN: '5ecret' },
    { API_TOKEN: '5ecret,5ecret' },
    { API_TOKEN: '5ecret,' },
    { OFFERS_BASE_URL: 'https://me:5ecret@offers.example.com/api/v1' },
    { OFFERS_BASE_URL: 'https://offers.example.com/api/v1?token=5ecret' },
    { OFFERS_BASE_URL: 'https://offers.example.com/api/v1#5ecret' },
    { DATABASE_URL: '//me:5ecret@localhost/test' },
  ]
  for (const env of environments) {
    t.ok(faultOf(env))
    t.notMatch(faultOf(env), '5ecret')
  }
})

t.test('other variables are not looked at', async (t) => {
  t.strictSame(readConfig({ PATH: '/bin', port: '1', API_TOKENS: 'a b' }), readConfig({}))
})
