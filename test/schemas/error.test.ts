import t from 'tap'
import { errors } from '../../schemas/error.ts'

t.test('a route has the errors that it names, and those that every route has', async (t) => {
  t.strictSame(Object.keys(errors()), ['431', '500', '503'])
  t.strictSame(Object.keys(errors(404, 400)), ['400', '404', '431', '500', '503'])
  for (const schema of Object.values(errors(400))) {
    t.match(schema, { $ref: 'ApiError#', description: /\w/ })
  }
})
