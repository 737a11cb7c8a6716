import t from 'tap'
import { readConfig, readDatabaseUrl } from '../../config/config.ts'

/** What Heroku sets for a process with a database. */
const HEROKU = { DYNO: 'web.1', PORT: '34567', DATABASE_URL: 'postgres://u:p@host:5432/d' }

t.test(
  'on Heroku the service listens on all addresses, at the port that it is given',
  async (t) => {
    t.match(readConfig(HEROKU), {
      HOST: '0.0.0.0',
      PORT: 34_567,
      DATABASE_URL: HEROKU.DATABASE_URL,
    })
    t.match(readConfig({ ...HEROKU, HOST: '::' }), { HOST: '::' }, 'unless it is told otherwise')
    t.match(readConfig({ PORT: '34567' }), { HOST: '127.0.0.1' }, 'and only there')
  },
)

const databases: [given: string, used: string][] = [
  ['postgres://u:p@host:5432/d', 'postgres://u:p@host:5432/d?sslmode=require'],
  ['POSTGRESQL://u@host/d?a=b', 'postgresql://u@host/d?a=b&sslmode=require'],
  ['postgres://u@host/d?sslmode=verify-full', 'postgres://u@host/d?sslmode=verify-full'],
  ['postgres://', 'postgres://?sslmode=require'],
  ['postgres://a b', 'postgres://a b'],
  ['mysql://host/d', 'mysql://host/d'],
]
for (const [given, used] of databases) {
  t.test(`on Heroku the connection is encrypted: ${given}`, async (t) => {
    for (const DYNO of ['web.1', undefined]) {
      const env = { ...HEROKU, DYNO, DATABASE_URL: given }
      for (const url of [readConfig(env).DATABASE_URL, readDatabaseUrl(env)]) {
        t.equal(url, DYNO ? used : given)
      }
    }
  })
}

for (const url of [undefined, '', 'file:./data/aggregator.db', 'FILE:/tmp/a.db']) {
  t.test(`on Heroku a file is refused: ${url}`, async (t) => {
    const env = { ...HEROKU, DATABASE_URL: url }
    const refusal =
      /^DATABASE_URL: a file would be deleted .* heroku addons:create heroku-postgresql$/
    for (const read of [readConfig, readDatabaseUrl]) {
      t.throws(() => read(env), { message: refusal })
      t.doesNotThrow(() => read({ ...env, DYNO: undefined }))
    }
  })
}
