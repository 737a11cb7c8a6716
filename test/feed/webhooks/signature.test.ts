import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { newSecret, signedHeaders } from '../../../feed/webhooks/signature.ts'

const MESSAGE = { id: 'msg_1', body: '{"type":"é"}' }

t.test('a receiver by the specification accepts a message with its secret', async (t) => {
  const secret = newSecret()
  t.match(secret, /^whsec_[\w+/]{43}=$/)
  t.same(new Webhook(secret).verify(MESSAGE.body, signedHeaders(MESSAGE, [secret], Date.now())), {
    type: 'é',
  })
})

t.test('a receiver refuses what was changed, is old, or has another secret', async (t) => {
  const secret = newSecret()
  const headers = signedHeaders(MESSAGE, [secret], Date.now())
  const receiver = new Webhook(secret)
  t.throws(() => receiver.verify('{"type":"e"}', headers))
  t.throws(() => receiver.verify(MESSAGE.body, { ...headers, 'webhook-id': 'msg_2' }))
  t.throws(() => receiver.verify(MESSAGE.body, signedHeaders(MESSAGE, [secret], 0)))
  t.throws(() => new Webhook(newSecret()).verify(MESSAGE.body, headers))
})

t.test('with two secrets, receivers with either accept a message', async (t) => {
  const secrets = [newSecret(), newSecret()]
  const headers = signedHeaders(MESSAGE, secrets, Date.now())
  t.equal(headers['webhook-signature']?.split(' ').length, 2)
  for (const secret of secrets) t.ok(new Webhook(secret).verify(MESSAGE.body, headers))
})

t.test('no two secrets are the same', async (t) => t.not(newSecret(), newSecret()))
