import t from 'tap'
import packageJson from '../../package.json' with { type: 'json' }
import { cli } from './helper.ts'

for (const command of ['import', 'export', 'backup', 'restore', 'simulator', 'openapi']) {
  t.test(`${command} --help has an example and the exit codes`, async (t) => {
    const { code, stdout, stderr } = await cli([command, '--help'])
    t.equal(code, 0)
    t.equal(stderr, '')
    t.match(stdout, new RegExp(`^Usage: node cli/main.ts ${command} `))
    t.match(stdout, new RegExp(`^Examples?:\\n.*node cli/main.ts ${command}`, 'm'))
    t.match(stdout, /^Exit codes:\n {2}0 +done\n {2}1 +failed/m)
  })
}

t.test('--help names every command', async (t) => {
  const { code, stdout } = await cli(['--help'])
  t.equal(code, 0)
  for (const command of ['import', 'export', 'backup', 'restore', 'simulator', 'openapi']) {
    t.match(stdout, new RegExp(`^ {2}${command} `, 'm'))
  }
  t.match(stdout, /^Exit codes:/m)
})

t.test('--version prints the version', async (t) => {
  t.same(await cli(['--version']), { code: 0, stdout: `${packageJson.version}\n`, stderr: '' })
})

const WRONG: [args: string[], said: RegExp, env?: Record<string, string>][] = [
  [[], /^Usage: /],
  [['bogus'], /^error: unknown command 'bogus'\n$/],
  [['export', '--bogus'], /^error: unknown option '--bogus'\n$/],
  [['export', 'file'], /^error: too many arguments/],
  [['import'], /^error: missing required argument 'file'\n$/],
  [
    ['import', 'LICENSE'],
    /^error: cannot tell the format of LICENSE from its name; use --format csv /,
  ],
  [
    ['import', '-'],
    /^error: cannot tell the format of standard input from its name; use --format csv /,
  ],
  [['import', 'a.csv', '--encoding', 'x'], /'x' is invalid. Try utf-8, utf-16le, windows-1250 or /],
  [['import', 'a.csv', '--map', 'id=x'], /It must be FIELD=COLUMN; the fields are name and desc/],
  [['import', 'a.csv', '--map', 'name'], /It must be FIELD=COLUMN; the fields are name and desc/],
  [['import', 'a.csv', '--map', 'name=a', '--map', 'name=b'], /The name already has a column.\n$/],
  [['export', '--delimiter', ':'], /':' is invalid. It must be ',', ';', '\|' or tab.\n$/],
  [['export', '--format', 'ndjson', '--bom'], /^error: --bom and --delimiter apply only to CSV\n$/],
  [
    ['export', '--output', 'a.jsonl', '--delimiter', ';'],
    /^error: --bom and --delimiter apply only to CSV/,
  ],
  [['import', '-', '--format', 'xml'], /'xml' is invalid. Allowed choices are csv, ndjson.\n$/],
  [['import', 'a.csv', '--from-line', '0'], /'0' is invalid. It must be a whole number from 1.\n$/],
  [
    ['import', 'a.csv', '--from-line', '2x'],
    /'2x' is invalid. It must be a whole number from 1.\n$/,
  ],
  [['export', '--url', 'localhost'], /'localhost' is invalid. It must be an http or https URL.\n$/],
  [
    ['export', '--url', 'ftp://a/'],
    /'ftp:\/\/a\/' is invalid. It must be an http or https URL.\n$/,
  ],
  [['export'], /^error: PORT: "http" is not an integer from 0 to 65535\n$/, { PORT: 'http' }],
  [['backup', 'a.db'], /^error: DATABASE_URL: "a" is not a URL such as/, { DATABASE_URL: 'a' }],
]
for (const [args, said, env] of WRONG) {
  t.test(`${['cli', ...args].join(' ')} is wrong usage`, async (t) => {
    const { code, stdout, stderr } = await cli(args, { env })
    t.equal(code, 2)
    t.equal(stdout, '')
    t.match(stderr, said)
  })
}

for (const args of [['backup', 'a.db'], ['restore', 'a.db'], ['verify']]) {
  t.test(`${['cli', ...args].join(' ')} refuses a database that is not a file`, async (t) => {
    const said: [url: string, refusal: RegExp][] = [
      [
        'mysql://localhost/a',
        /^error: the data is kept in an SQLite file or in PostgreSQL; set DATABASE_URL/,
      ],
      ['postgres://localhost/a', /^error: PostgreSQL has its own tools for this: pg_dump/],
    ]
    for (const [DATABASE_URL, refusal] of said) {
      const { code, stderr } = await cli(args, { env: { DATABASE_URL } })
      t.equal(code, 1)
      t.match(stderr, refusal)
    }
  })
}
