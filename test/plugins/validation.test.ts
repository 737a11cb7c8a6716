import { type Static, Type } from '@sinclair/typebox'
import { Ajv } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'
import t from 'tap'
import { describe } from '../../schemas/describe.ts'
import { NewProduct } from '../../schemas/product.ts'
import { ref } from '../../schemas/types.ts'
import { startApp } from '../helper.ts'
import { NO_UPSTREAM } from '../routes/helper.ts'
import { buildLogged } from './helper.ts'

const Query = Type.Object({
  integer: Type.Optional(Type.Integer({ maximum: Number.MAX_SAFE_INTEGER })),
  boolean: Type.Optional(Type.Boolean()),
  text: Type.Optional(Type.String()),
  id: Type.Optional(Type.String({ format: 'uuid' })),
  size: Type.Integer({ default: 5 }),
})

const queries: [query: string, value: Partial<Static<typeof Query>> | number][] = [
  ['', { size: 5 }],
  ['integer=7', { integer: 7, size: 5 }],
  ['integer=-7', { integer: -7, size: 5 }],
  ['integer=007', { integer: 7, size: 5 }],
  ['integer=9007199254740991', { integer: Number.MAX_SAFE_INTEGER, size: 5 }],
  ['integer=9007199254740992', 400],
  ['integer=7.0', 400],
  ['integer=%D9%A3', 400],
  ['integer=1&integer=2', 400],
  ['boolean=true', { boolean: true, size: 5 }],
  ['boolean=false', { boolean: false, size: 5 }],
  ['boolean=0', 400],
  ['text=7', { text: '7', size: 5 }],
  ['text=true', { text: 'true', size: 5 }],
  ['text=', { text: '', size: 5 }],
  ['text', { text: '', size: 5 }],
  ['text=a+b%2B%C4%8D', { text: 'a b+č', size: 5 }],
  ['text=%', 400],
  ['text=%C4', 400],
  [
    'id=019AA9F0-5C00-7000-8000-00000000000A',
    { id: '019aa9f0-5c00-7000-8000-00000000000a', size: 5 },
  ],
  ['id=urn:uuid:019aa9f0-5c00-7000-8000-00000000000a', 400],
]

t.test('parameters are read as their types, and refused where they are not of them', async (t) => {
  const { app } = await buildLogged(t)
  const schema = { hide: true, querystring: Query }
  app.get('/query', { schema }, async (request) => request.query)
  await app.ready()
  for (const [query, value] of queries) {
    await t.test(query || 'nothing', async (t) => {
      const response = await app.inject(`/query?${query}`)
      if (typeof value === 'number') t.equal(response.statusCode, value)
      else t.strictSame(response.json(), value)
    })
  }
})

t.test('a schema can be compiled with the rules of requests', async (t) => {
  const app = await startApp(t, NO_UPSTREAM)
  const faultsOf = app.compileSchema(ref(NewProduct))
  t.strictSame(faultsOf({ name: 'Mower' }), [])
  t.equal(faultsOf({ name: 5 }).length, 1, 'nothing is turned into another type')
  const product = { name: 'Mower', x: 1 }
  t.strictSame(
    faultsOf(product).map((fault) => describe(fault, 'item')),
    [
      "The item has the unknown property 'x': the properties are name, description, external_id, tags, metadata",
    ],
  )
  t.equal(product.x, 1, 'nothing is dropped')
})

// They are compiled when they are first used, so that one at fault would only fail the requests.
t.test('all that the routes take can be compiled', async (t) => {
  const { app } = await buildLogged(t)
  const ajv = new Ajv({ strict: false })
  const validators: ReturnType<FastifySchemaCompiler<unknown>>[] = []
  app.addHook('onRoute', function (route) {
    const compile = route.validatorCompiler ?? this.validatorCompiler
    if (!compile) throw new Error('nothing checks what a route takes')
    route.validatorCompiler = (part) => {
      t.ok(ajv.validateSchema(part.schema), 'the schema is one')
      const validate = compile(part)
      validators.push(validate)
      return validate
    }
  })
  await app.ready()
  t.ok(validators.length > 10)
  for (const validate of validators) t.doesNotThrow(() => validate({}))
})
