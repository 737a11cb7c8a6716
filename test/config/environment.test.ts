import { Type } from '@sinclair/typebox'
import t from 'tap'
import { EnvironmentError, readEnvironment } from '../../config/environment.ts'

const Schema = Type.Object({
  NAME: Type.String({ default: 'none', pattern: '^\\w+$', allowed: 'a word' }),
  COUNT: Type.Integer({ default: 1, maximum: 10, allowed: 'an integer up to 10' }),
  RATIO: Type.Optional(Type.Number({ allowed: 'a number' })),
  KEY: Type.Optional(Type.String({ pattern: '^\\w+$', allowed: 'a word', secret: true })),
  PLACE: Type.Optional(Type.String({ allowed: 'a URL', url: true })),
  SHARED: Type.Optional(Type.Integer({ allowed: 'an integer', anyCase: true })),
})

t.test('what is unset or empty has its default, or is not there', async (t) => {
  t.strictSame(readEnvironment(Schema, {}), { NAME: 'none', COUNT: 1 })
  t.strictSame(readEnvironment(Schema, { NAME: '', KEY: '' }), { NAME: 'none', COUNT: 1 })
})

t.test(
  'values have the type that the schema gives them, and other variables are left out',
  async (t) => {
    const env = { NAME: '42', COUNT: '-7', RATIO: '0.5', PLACE: 'http://a:1/b', HOME: '/root' }
    t.strictSame(readEnvironment(Schema, env), {
      NAME: '42',
      COUNT: -7,
      RATIO: 0.5,
      PLACE: 'http://a:1/b',
    })
  },
)

const shared: [env: Record<string, string>, value: number][] = [
  [{ SHARED: '1' }, 1],
  [{ shared: '2' }, 2],
  [{ SHARED: '1', shared: '2' }, 2],
  [{ SHARED: '1', shared: '' }, 1],
]
for (const [env, value] of shared) {
  t.test(
    `of ${JSON.stringify(env)}, which is read in lower case too, ${value} counts`,
    async (t) => {
      t.equal(readEnvironment(Schema, env).SHARED, value)
    },
  )
}

t.test('other variables are not read in lower case', async (t) => {
  t.strictSame(readEnvironment(Schema, { name: 'x' }), { NAME: 'none', COUNT: 1 })
})

const FAULTS: [env: Record<string, string>, message: string][] = [
  [{ NAME: 'a b' }, 'NAME: "a b" is not a word'],
  [{ COUNT: '11' }, 'COUNT: 11 is not an integer up to 10'],
  [{ COUNT: '1e1' }, 'COUNT: "1e1" is not an integer up to 10'],
  [{ COUNT: '1.5' }, 'COUNT: "1.5" is not an integer up to 10'],
  [{ RATIO: '.5' }, 'RATIO: ".5" is not a number'],
  [{ KEY: 'hush hush' }, 'KEY: its value is not a word'],
  [{ PLACE: 'nowhere' }, 'PLACE: "nowhere" is not a URL'],
  [{ PLACE: 'http://me:password@:1' }, 'PLACE: its value is not a URL'],
  [{ PLACE: 'http://me:100%@a' }, 'PLACE: its value is not a URL'],
  [{ shared: 'x', SHARED: '1' }, 'shared: "x" is not an integer'],
  [{ NAME: '-', COUNT: 'x' }, 'NAME: "-" is not a word\nCOUNT: "x" is not an integer up to 10'],
]
for (const [env, message] of FAULTS) {
  t.test(`${JSON.stringify(env)} is refused`, async (t) => {
    t.throws(() => readEnvironment(Schema, env), new EnvironmentError(message))
  })
}

t.test('faults between variables come after those of each', async (t) => {
  const faultsBetween = ({ NAME }: Record<string, unknown>) => [`NAME: ${NAME} is taken`]
  t.throws(
    () => readEnvironment(Schema, { COUNT: 'x' }, faultsBetween),
    new EnvironmentError('COUNT: "x" is not an integer up to 10\nNAME: none is taken'),
  )
})
