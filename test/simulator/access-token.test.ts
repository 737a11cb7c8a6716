import { createHmac } from 'node:crypto'
import t from 'tap'
import { SIGNING_KEY, signAccessToken } from '../../simulator/access-token.ts'

const decode = (part = ''): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())

t.test('an access token is a JWT signed with HS256, with its claims and no others', async (t) => {
  const [header, payload, signature] = signAccessToken({ token: 'abc', expires: 1234 }).split('.')
  t.same(decode(header), { alg: 'HS256', typ: 'JWT' })
  t.same(decode(payload), { token: 'abc', expires: 1234 })
  const expected = createHmac('sha256', SIGNING_KEY).update(`${header}.${payload}`)
  t.equal(signature, expected.digest('base64url'))
})
